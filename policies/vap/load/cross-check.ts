// What is wrong between objects that are right in themselves: bindings, policies, parameters and waivers.

import type { ParamKind, ParamRef } from '../policy.ts';
import type { LoadedPolicy, PolicySet } from '../policy-set.ts';
import { labelsOf, selects } from '../selector.ts';
import type { Field } from './field.ts';
import type { Loading } from './loading.ts';

/** Adds the findings. The API server takes all of these; they are about what the author cannot have meant. */
export function crossCheck(loading: Loading, set: PolicySet): void {
  for (const { loaded, root } of loading.bindings) {
    checkBinding(root.get('spec'), { loading, set, ref: loaded.binding.spec.paramRef });
  }
  for (const { loaded, root } of loading.policies) checkParamKind(root.get('spec'), loaded, set);
  for (const { waiver, root } of loading.waivers) {
    const field = root.get('spec').get('policy');
    if (!loading.hasPolicy(waiver.policy)) field.warn(`there is no policy ${waiver.policy} here`);
  }
  for (const { candidate, root } of loading.candidates) {
    const used = candidate.kind === 'ConfigMap' || isParamKind(set, candidate);
    if (!used) root.get('kind').warn(`${candidate.kind} of ${candidate.apiVersion} is not read`);
  }
}

function checkParamKind(spec: Field, { policy }: LoadedPolicy, { params }: PolicySet): void {
  const { paramKind } = policy.spec;
  if (!paramKind || params.scopeOf(paramKind)) return;
  const field = spec.get('paramKind');
  field.warn(`${describe(paramKind)} is not known here: its definition is not among the files`);
}

function isParamKind({ policies }: PolicySet, { apiVersion, kind }: ParamKind): boolean {
  return policies.some(({ policy }) => {
    const { paramKind } = policy.spec;
    return paramKind?.apiVersion === apiVersion && paramKind.kind === kind;
  });
}

interface Context {
  readonly loading: Loading;
  readonly set: PolicySet;
  readonly ref: ParamRef | undefined;
}

function checkBinding(spec: Field, context: Context): void {
  const name = String(spec.get('policyName').value);
  const found = context.set.policies.find(({ policy }) => policy.metadata.name === name);
  if (found) checkParams(spec, found, context);
  else if (!context.loading.hasPolicy(name)) {
    spec.get('policyName').warn(`there is no policy ${name} here`);
  }
}

function checkParams(spec: Field, { policy }: LoadedPolicy, { set, ref }: Context): void {
  const { paramKind } = policy.spec;
  const field = spec.get('paramRef');
  if (!paramKind) {
    if (ref) field.warn(`policy ${policy.metadata.name} has no paramKind, so this is ignored`);
  } else if (!ref) {
    spec.warn(`params is null: the policy asks for ${describe(paramKind)}, add a paramRef`);
  } else if (ref.namespace && set.params.scopeOf(paramKind) === 'Cluster') {
    const message = 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`';
    field.get('namespace').complain(message);
  } else checkTarget(field, paramKind, { set, ref });
}

interface Target {
  readonly set: PolicySet;
  readonly ref: ParamRef;
}

function checkTarget(field: Field, paramKind: ParamKind, { set, ref }: Target): void {
  const candidates = set.params.list(paramKind, ref.namespace);
  const { selector, name } = ref;
  const found = candidates.some((each) =>
    selector ? selects(selector, labelsOf(each.object)) : each.name === name,
  );
  if (found) return;
  if (selector) field.get('selector').warn(`no ${describe(paramKind)} here has such labels`);
  else field.get('name').warn(missing(paramKind, { set, ref }));
}

function missing(paramKind: ParamKind, { set, ref }: Target): string {
  const other = set.params.all.find(({ name }) => name === ref.name);
  const hint = other ? `; there is a ${describe(other)} of that name` : '';
  const where = ref.namespace ? ` in namespace ${ref.namespace}` : '';
  return `there is no ${describe(paramKind)} of that name${where} here${hint}`;
}

function describe({ apiVersion, kind }: ParamKind): string {
  return `${kind} of ${apiVersion}`;
}
