// Policies of a repository confined to a namespace, as far as no cluster is needed.
import test from 'ava';
import { PermanentError } from '../../gitops/errors.ts';
import { confinedBinding, confinedPolicy } from '../../gitops/sync/confine.ts';

const written = {
  value: {},
  refuse: (_: unknown, message: string) => new PermanentError('No', message),
};
const OWN = { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop'] };

test('confine: what a file leaves null is as if it were not there', (t) => {
  const empty = { namespaceSelector: null, resourceRules: null, excludeResourceRules: null };
  const policy = confinedPolicy({ paramKind: null, matchConstraints: empty }, 'shop', written);
  t.deepEqual(policy.matchConstraints?.namespaceSelector, { matchExpressions: [OWN] });
  const binding = confinedBinding({ paramRef: null, matchResources: empty }, 'shop', written);
  t.deepEqual(binding.matchResources?.namespaceSelector, { matchExpressions: [OWN] });
  t.is(binding.matchResources?.resourceRules?.[0]?.scope, 'Namespaced');
  const bare = confinedBinding(
    { matchResources: { namespaceSelector: { matchExpressions: null } } },
    'shop',
    written,
  );
  t.deepEqual(bare.matchResources?.namespaceSelector, { matchExpressions: [OWN] });
});
