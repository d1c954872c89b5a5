// Policies on deletes at a visit: children that are wanted no more.
import test from 'ava';
import { DEPLOYMENT, INGRESS, WEBAPP } from '../../gitops/kinds.ts';
import type { Bench } from '../cluster/bench.ts';
import { KEEP_INGRESS, policyFile, waiverFile } from '../helpers/policy-files.ts';
import { GUARD, publish, underPolicies } from './policies.ts';
import { changesOf, conditionOf, specOf } from './stage.ts';

export function policiesOnDeletes(the: () => Bench): void {
  const files = { 'policies/ingress.yaml': policyFile(KEEP_INGRESS) };
  const HOST = { host: 'shop.example.com' };

  test('a child that a policy keeps from being deleted stays, and nothing else is written', async (t) => {
    const it = await underPolicies(the(), files, HOST);
    await it.visit();
    t.truthy(await it.read(INGRESS));
    await it.edit({ spec: { host: null, replicas: 2 } });
    t.is((await it.visit()).kind, 'stalled');
    t.deepEqual(it.count.writes(), ['applyStatus WebApp shop']);
    t.truthy(await it.read(INGRESS));
    t.is(specOf(await it.read(DEPLOYMENT)).replicas, 1);
    const webapp = await it.webapp();
    t.is(webapp.status.policy?.verdict, 'denied');
    t.like(conditionOf(webapp, 'Ready'), {
      reason: 'PolicyDenied',
      message:
        "deleting Ingress shop: ValidatingAdmissionPolicy 'keep-ingress' with binding 'keep-ingress' denied request: somebody comes this way",
    });
    t.deepEqual(it.counted, ['visit allowed', 'visit denied']);
    await publish(it, GUARD);
    t.deepEqual(changesOf(await it.visit(WEBAPP, { full: true })), [
      'apply Deployment',
      'delete Ingress',
    ]);
    t.is(await it.read(INGRESS), undefined);
  });

  test('a child goes that a waiver names', async (t) => {
    const waiver = waiverFile('keep-ingress', 'shop', '2999-01-01').replace('WebApp', 'Ingress');
    const it = await underPolicies(the(), { ...files, 'policies/waiver.yaml': waiver }, HOST);
    await it.visit();
    await it.edit({ spec: { host: null } });
    t.deepEqual(changesOf(await it.visit()), ['delete Ingress']);
  });
}
