// Which requests a policy or binding is for, decided in the order of the API server.
import { ADMISSION_GROUP, type MatchResources, type ResourceRule } from './policy.ts';
import {
  type AdmissionInput,
  type GroupVersionKind,
  type GroupVersionResource,
  targetOf,
} from './request.ts';
import { equivalentsOf, type Resource } from './resources.ts';
import { ruleNames } from './rules.ts';
import { type KnownLabels, labelsOf, selects, selectsEverything } from './selector.ts';

/** A request, and the custom kinds of which it may hold one. */
export interface MatchInput {
  readonly input: AdmissionInput;
  readonly kinds: readonly Resource[];
}

/** What a policy takes the request for: the request's own kind, or an equivalent one that a rule names. */
export interface Match {
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  /** Set where the request matches unless something that is not known here says otherwise. */
  readonly unknown?: string;
}

/** Policies and their bindings are judged by no policy, so that a policy cannot stop its own repair. */
const EXEMPT = [
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
];

/** Returns whether no policy judges requests for the resource. */
export function isExempt({ group, resource }: GroupVersionResource): boolean {
  if (group === ADMISSION_GROUP) return EXEMPT.includes(resource);
  return REVIEWS.includes(`${resource}.${group}`);
}

/** Questions to the API server, not objects. */
const REVIEWS = [
  'tokenreviews.authentication.k8s.io',
  'selfsubjectreviews.authentication.k8s.io',
  'localsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectrulesreviews.authorization.k8s.io',
  'subjectaccessreviews.authorization.k8s.io',
];

/** Returns what the request matches as; undefined where it does not match. */
export function matchRequest(resources: MatchResources, request: MatchInput): Match | undefined {
  const { input } = request;
  const inNamespace = matchesNamespace(resources, input);
  if (inNamespace === false || !matchesObject(resources, input)) return undefined;
  if (matchRules(resources, resources.excludeResourceRules, request)) return undefined;
  const match =
    resources.resourceRules.length === 0
      ? { kind: input.kind, resource: input.resource }
      : matchRules(resources, resources.resourceRules, request);
  if (match === undefined || inNamespace) return match;
  const { namespace } = targetOf(input);
  return { ...match, unknown: `the labels of namespace ${namespace} are not known here` };
}

function matchesNamespace(resources: MatchResources, input: AdmissionInput): boolean | undefined {
  const { namespace } = targetOf(input);
  if (namespace === '' && input.resource.resource !== 'namespaces') return true;
  const selector = resources.namespaceSelector;
  return selectsEverything(selector) || selects(selector, namespaceLabels(input));
}

/** Every namespace has its name for a label, and others that only the cluster knows. */
function namespaceLabels(input: AdmissionInput): KnownLabels {
  const itself = input.resource.resource === 'namespaces' && !input.subResource;
  if (itself && input.operation !== 'DELETE') return labelsOf(input.object);
  const namespace = input.namespaceObject ?? (itself ? input.oldObject : undefined);
  if (namespace) return labelsOf(namespace);
  return { labels: { 'kubernetes.io/metadata.name': targetOf(input).namespace }, complete: false };
}

function matchesObject({ objectSelector }: MatchResources, input: AdmissionInput): boolean {
  if (selectsEverything(objectSelector)) return true;
  return [input.object, input.oldObject].some(
    (object) => object !== null && selects(objectSelector, labelsOf(object)),
  );
}

/** The request as it is comes first; then, unless the policy is exact, the other versions of its resource. */
function matchRules(
  { matchPolicy }: MatchResources,
  rules: readonly ResourceRule[],
  { input, kinds }: MatchInput,
): Match | undefined {
  const { kind, resource } = input;
  if (rules.some((rule) => ruleNames(rule, input, resource))) return { kind, resource };
  if (matchPolicy === 'Exact') return undefined;
  const others = equivalentsOf(resource, kinds);
  for (const rule of rules) {
    const found = others.find((other) => ruleNames(rule, input, other));
    if (found) return split(found);
  }
  return undefined;
}

function split({ group, version, kind, resource }: Resource): Match {
  return { kind: { group, version, kind }, resource: { group, version, resource } };
}
