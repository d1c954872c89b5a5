// Where the API server denies a WebApp that the gate of the sync let pass.
import test from 'ava';
import { WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import { webapp } from '../cluster/objects.ts';
import {
  denying,
  dropPolicy,
  enforced,
  misread,
  policyName,
  putPolicy,
  unreadable,
} from '../helpers/cluster-policies.ts';
import { AT_MOST_THREE } from '../helpers/policy-files.ts';
import { conditionOf } from '../reconcile/stage.ts';
import { tooMany } from './policies.ts';
import { app, findings, type Grounds, ready, stage } from './stage.ts';

/** A source with a WebApp in a namespace where the cluster itself allows three pods. */
async function underCluster({ bench, git }: Grounds) {
  const it = await stage({ bench, git }, { 'apps/a.yaml': app('a') }, { path: 'apps' });
  await it.sync();
  const policy = { ...AT_MOST_THREE, name: policyName() };
  await putPolicy(bench, it.key.namespace, policy);
  await enforced(bench, WEBAPP, webapp(it.key.namespace, 'probe', { spec: { replicas: 4 } }));
  await it.repo.clone.push({ 'apps/a.yaml': tooMany('a') });
  it.counted.length = 0;
  return { it, policy, drop: () => dropPolicy(bench, policy.name) };
}

export function policyParity(the: () => Grounds): void {
  test("the cluster's own policy is asked before the sync writes", async (t) => {
    const { it, policy, drop } = await underCluster(the());
    t.is((await it.sync('changed')).kind, 'synced');
    t.false(it.count.requests.includes('apply WebApp a'));
    const source = await it.source();
    t.is(ready(source), 'False InvalidManifests');
    t.deepEqual(findings(source), ['apps/a.yaml:7:13 error']);
    t.regex(source.status.problems?.[0]?.message ?? '', new RegExp(`'${policy.name}' denied`));
    t.deepEqual(it.counted, ['sync denied']);
    t.is(await it.bundle(), undefined);
    await drop();
  });

  test('a denial by a policy that may not be read holds the WebApp back, and is no mismatch', async (t) => {
    const { it, policy, drop } = await underCluster(the());
    it.through({ cluster: (of) => unreadable(denying(it.bench, of, policy)) });
    t.is((await it.sync('changed')).kind, 'synced');
    const source = await it.source();
    t.is(ready(source), 'False InvalidManifests');
    t.deepEqual(findings(source), ['apps/a.yaml:1:1 error']);
    t.is(conditionOf(source, 'PolicyParityMismatch'), undefined);
    t.deepEqual(it.counted, []);
    await it.visit('a');
    const held = conditionOf((await it.webapp('a')) as KubeObject, 'HeldBack');
    t.regex(held?.message ?? '', /replicas must be <= 3/);
    await drop();
  });

  test('a denial by a policy that allows it to us is a mismatch, told until both agree', async (t) => {
    const { it, policy, drop } = await underCluster(the());
    it.through({ cluster: (of) => misread(denying(it.bench, of, policy), policy.name) });
    t.is((await it.sync('changed')).kind, 'retry');
    const source = await it.source();
    t.is(ready(source), 'False PolicyParityMismatch');
    t.like(conditionOf(source, 'PolicyParityMismatch'), {
      status: 'True',
      reason: 'DeniedByCluster',
    });
    t.deepEqual(findings(source), ['apps/a.yaml:1:1 error']);
    t.regex(source.metadata.annotations?.[ANNOTATION.retry] ?? '', /"failures":1/);
    t.deepEqual(it.counted, ['sync allowed', 'sync allowed', 'sync mismatch']);
    t.deepEqual(await it.images(), { a: 'a:1' });

    it.through({});
    it.pass(10_000);
    t.is((await it.sync('changed')).kind, 'synced', 'both deny');
    const agreed = await it.source();
    t.is(conditionOf(agreed, 'PolicyParityMismatch'), undefined);
    t.is(ready(agreed), 'False InvalidManifests');
    await it.repo.clone.push({ 'apps/a.yaml': app('a', 'a:3') });
    t.is((await it.sync('changed')).kind, 'synced', 'both allow');
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
    await drop();
  });
}
