// Who is named where a field is contested.
import test from 'ava';
import { DEPLOYMENT } from '../../gitops/kinds.ts';
import type { ManagedFields } from '../../gitops/objects.ts';
import { contestOver } from '../../gitops/reconcile/contest.ts';
import { OPERATOR } from '../../gitops/webapp.ts';
import { webapp } from '../helpers/builders.ts';

const OURS: ManagedFields = { manager: OPERATOR, operation: 'Apply', time: '2026-01-01T00:00:09Z' };
const at = (second: number) => `2026-01-01T00:00:0${second}Z`;

const cases: { title: string; others: ManagedFields[]; named: string }[] = [
  {
    title: 'an autoscaler, which writes scale',
    others: [
      { manager: 'kubectl-edit', operation: 'Update', time: at(1) },
      { manager: 'autoscaler', operation: 'Update', subresource: 'scale', time: at(5) },
    ],
    named: '"autoscaler"',
  },
  {
    title: 'not the controller that writes the status',
    others: [
      { manager: 'rival', operation: 'Update', time: at(1) },
      { manager: 'controller', operation: 'Update', subresource: 'status', time: at(5) },
    ],
    named: '"rival"',
  },
  { title: 'nobody known', others: [], named: 'somebody' },
];

for (const { title, others, named } of cases) {
  test(`contest: ${title}`, (t) => {
    const shop = webapp({});
    const { apiVersion, kind } = DEPLOYMENT;
    const metadata = { name: shop.metadata.name, managedFields: [OURS, ...others] };
    const live = { apiVersion, kind, metadata };
    const fields = [{ path: 'spec.replicas', from: 9, to: 2 }];
    const error = contestOver(shop, [
      { kind: 'apply', of: DEPLOYMENT, desired: live, live, fields },
    ]);
    t.is(error?.reason, 'Contested');
    t.true(error?.message.includes(`spec.replicas was changed again by ${named}:`), error?.message);
  });
}
