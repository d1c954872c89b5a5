import { POLICY_BINDING } from '../../../gitops/kinds.ts';
import type { KubeObject } from '../../../gitops/objects.ts';
import { NAMESPACE } from '../world.ts';
import type { Suite } from './suite.ts';

/**
 * Returns the suite with bindings that leave other namespaces alone: other suites and other tests may be there. What has
 * no namespace is not kept from a policy by this, so the rules of suites name none of it.
 */
export function confined(suite: Suite): Suite {
  const own = suite.cluster.filter(({ kind }) => kind === 'Namespace');
  const values = own.length > 0 ? own.map(({ metadata }) => metadata.name) : [NAMESPACE];
  const only = { key: 'kubernetes.io/metadata.name', operator: 'In', values };
  const policies = suite.policies.map((each) =>
    each.kind === POLICY_BINDING.kind ? bindOnly(each, only) : each,
  );
  return { ...suite, policies };
}

interface Selector {
  readonly matchExpressions?: readonly object[];
}

function bindOnly(binding: KubeObject, only: object): KubeObject {
  const { spec } = binding as { spec?: { matchResources?: { namespaceSelector?: Selector } } };
  const selector = spec?.matchResources?.namespaceSelector;
  const matchExpressions = [...(selector?.matchExpressions ?? []), only];
  const namespaceSelector = { ...selector, matchExpressions };
  return {
    ...binding,
    spec: { ...spec, matchResources: { ...spec?.matchResources, namespaceSelector } },
  };
}
