// Policies of a repository as the cluster may have them: for the namespace of their source, and for no other.
import type { PermanentError } from '../errors.ts';
import { CONFIG_MAP } from '../kinds.ts';

/** An object as a file has it. */
export interface Written {
  readonly value: unknown;
  /** Returns the error that names the place of a field. */
  refuse(field: readonly string[], message: string): PermanentError;
}

interface Rule {
  readonly scope?: string;
  readonly [field: string]: unknown;
}

/** As a file has it, where a field may be there and say nothing (null). */
interface Matching {
  readonly namespaceSelector?: { readonly matchExpressions?: readonly object[] | null } | null;
  readonly resourceRules?: readonly Rule[] | null;
  readonly excludeResourceRules?: readonly Rule[] | null;
}

/** The spec of a policy. */
export interface PolicySpec {
  readonly paramKind?: { readonly apiVersion: string; readonly kind: string } | null;
  readonly matchConstraints?: Matching | null;
}

/** The spec of a binding. */
export interface BindingSpec {
  readonly paramRef?: { readonly namespace?: string | null } | null;
  readonly matchResources?: Matching | null;
}

/** No selector of namespaces keeps a policy from objects that are in none. */
const ALL_NAMESPACED = {
  apiGroups: ['*'],
  apiVersions: ['*'],
  operations: ['*'],
  resources: ['*/*'],
  scope: 'Namespaced',
};

/** Returns the binding's spec for objects in the namespace alone. Throws where it reaches for a parameter of another. */
export function confinedBinding(
  spec: BindingSpec,
  namespace: string,
  written: Written,
): BindingSpec {
  const elsewhere = spec.paramRef?.namespace ?? namespace;
  if (elsewhere !== namespace) {
    const message = `a parameter in namespace ${elsewhere} is out of reach of a source in ${namespace}; remove paramRef.namespace`;
    throw written.refuse(['spec', 'paramRef', 'namespace'], message);
  }
  const matchResources = within(spec.matchResources ?? {}, namespace);
  const rules = (matchResources.resourceRules ?? []).map((rule) => ({
    ...rule,
    scope: 'Namespaced',
  }));
  return {
    ...spec,
    matchResources: {
      ...matchResources,
      resourceRules: rules.length > 0 ? rules : [ALL_NAMESPACED],
    },
  };
}

/**
 * Returns the policy's spec for objects in the namespace alone, so that nobody else has to ask it. Throws where it takes
 * parameters of a kind that is not put into the cluster.
 */
export function confinedPolicy(spec: PolicySpec, namespace: string, written: Written): PolicySpec {
  const { paramKind, matchConstraints } = spec;
  const isHeld =
    !paramKind ||
    (paramKind.apiVersion === CONFIG_MAP.apiVersion && paramKind.kind === CONFIG_MAP.kind);
  if (!isHeld) {
    const message = `spec.policies.apply takes parameters from ConfigMaps alone, not from ${paramKind.kind} of ${paramKind.apiVersion}`;
    throw written.refuse(['spec', 'paramKind'], message);
  }
  return { ...spec, matchConstraints: within(matchConstraints ?? {}, namespace) };
}

function within(matching: Matching, namespace: string): Matching {
  const { namespaceSelector, resourceRules, excludeResourceRules } = matching;
  const own = { key: 'kubernetes.io/metadata.name', operator: 'In', values: [namespace] };
  const matchExpressions = [...(namespaceSelector?.matchExpressions ?? []), own];
  return {
    ...matching,
    namespaceSelector: { ...namespaceSelector, matchExpressions },
    ...(resourceRules && { resourceRules: withScopes(resourceRules) }),
    ...(excludeResourceRules && { excludeResourceRules: withScopes(excludeResourceRules) }),
  };
}

/** The API server fills scopes in, and what it fills in must not look like a difference. */
function withScopes(rules: readonly Rule[]): Rule[] {
  return rules.map((rule) => ({ scope: '*', ...rule }));
}
