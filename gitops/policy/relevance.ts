// Which of a cluster's policies could ever judge what is written here. Many clusters have dozens that are about other
// things, and asking those would cost reads. What is not sure stays.
import { CHILD_KINDS, groupOf, type Kind, WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

interface MatchResources {
  readonly namespaceSelector?: Selector;
  readonly resourceRules?: readonly {
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
  }[];
}

/** A ValidatingAdmissionPolicy as the API server has it. */
export interface LivePolicy extends KubeObject {
  readonly spec: {
    readonly paramKind?: { readonly apiVersion: string; readonly kind: string };
    readonly matchConstraints?: MatchResources;
  };
}

/** A ValidatingAdmissionPolicyBinding as the API server has it. */
export interface LiveBinding extends KubeObject {
  readonly spec: {
    readonly policyName: string;
    readonly paramRef?: { readonly name?: string; readonly namespace?: string };
    readonly matchResources?: MatchResources;
  };
}

/** The kinds that the gates judge. */
export const JUDGED: readonly Kind[] = [WEBAPP, ...CHILD_KINDS];

/** Returns whether the policy may be for WebApps or their children in the namespace. */
export function mayJudge({ spec }: LivePolicy, namespace: string): boolean {
  const { matchConstraints = {} } = spec;
  return names(matchConstraints) && mayBeIn(matchConstraints, namespace);
}

/** Returns whether the binding may be for WebApps or their children in the namespace. */
export function mayBind({ spec }: LiveBinding, namespace: string): boolean {
  const { matchResources = {} } = spec;
  return names(matchResources) && mayBeIn(matchResources, namespace);
}

/** No rules stand for all resources. */
function names({ resourceRules = [] }: MatchResources): boolean {
  if (resourceRules.length === 0) return true;
  return resourceRules.some(({ apiGroups = [], resources = [] }) =>
    JUDGED.some(
      ({ apiVersion, plural }) =>
        includes(apiGroups, groupOf(apiVersion)) &&
        includes(
          resources.map((each) => each.split('/')[0] ?? ''),
          plural,
        ),
    ),
  );
}

function includes(items: readonly string[], wanted: string): boolean {
  return items.includes('*') || items.includes(wanted);
}

/** The one label that every namespace is known to have. */
const NAME = 'kubernetes.io/metadata.name';

function mayBeIn({ namespaceSelector = {} }: MatchResources, namespace: string): boolean {
  const { matchLabels = {}, matchExpressions = [] } = namespaceSelector;
  const wanted = matchLabels[NAME];
  if (wanted !== undefined && wanted !== namespace) return false;
  return matchExpressions.every(({ key, operator, values = [] }) => {
    if (key !== NAME) return true;
    const listed = values.includes(namespace);
    return operator === 'In' ? listed : !(operator === 'NotIn' && listed);
  });
}
