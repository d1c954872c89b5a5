// A bundle that is not there though its source asks for policies: after a first sync that failed, or by hand.
import test from 'ava';
import type { Cluster } from '../../gitops/cluster.ts';
import { DEPLOYMENT, POLICY_BUNDLE, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { AT_MOST_THREE, policyFile } from '../helpers/policy-files.ts';
import { conditionOf } from '../reconcile/stage.ts';
import { guarded, WITH_POLICIES } from './policies.ts';
import { app, type Grounds, type SyncStage, stage } from './stage.ts';

async function deleteBundle(it: SyncStage): Promise<void> {
  await it.bench.admin.delete(POLICY_BUNDLE, (await it.bundle()) as KubeObject);
}

const reasonOf = async (it: SyncStage, name: string) =>
  conditionOf((await it.webapp(name)) as KubeObject, 'Ready')?.reason;

export function missingBundle(the: () => Grounds): void {
  test('policies that were never good stop the WebApps that are there until they are', async (t) => {
    const files = { 'apps/a.yaml': app('a'), 'policies/three.yaml': 'kind: [\n' };
    const it = await stage(the(), files, { path: 'apps' });
    await it.sync();
    await it.visit('a');
    await it.edit({ spec: { policies: { path: 'policies' } } });
    await it.sync();
    t.is(await it.bundle(), undefined);
    await it.bench.edit(WEBAPP, { ...it.key, name: 'a' }, { spec: { replicas: 12 } });
    t.is((await it.visit('a')).kind, 'retry');
    t.is(await reasonOf(it, 'a'), 'PolicyBundleMissing');
    t.is((await it.visit('a')).kind, 'quiet');

    await it.repo.clone.push({ 'policies/three.yaml': policyFile(AT_MOST_THREE) });
    await it.sync('changed');
    t.is((await it.visit('a')).kind, 'stalled', 'asked for at once');
    t.is(await reasonOf(it, 'a'), 'PolicyDenied');
    t.like(await it.bench.admin.get(DEPLOYMENT, { ...it.key, name: 'a' }), {
      spec: { replicas: 1 },
    });
  });

  for (const how of ['a full check', 'a request'] as const) {
    test(`a bundle that somebody deleted comes back with ${how}`, async (t) => {
      const it = await guarded(the());
      const before = await it.bundle();
      const sync = async () => {
        if (how === 'a full check') return it.sync('all');
        const annotations = { [ANNOTATION.requestedAt]: crypto.randomUUID() };
        await it.edit({ metadata: { annotations } });
        return it.sync();
      };
      for (const round of [1, 2]) {
        await deleteBundle(it);
        await it.bench.edit(WEBAPP, { ...it.key, name: 'a' }, { spec: { port: 9_000 + round } });
        t.is((await it.visit('a')).kind, 'retry');
        t.is(await reasonOf(it, 'a'), 'PolicyBundleMissing');
        t.is((await sync()).kind, 'synced');
        t.deepEqual((await it.bundle())?.spec, before?.spec);
        t.is((await it.visit('a')).kind, 'settled', `asked for in round ${round}`);
      }
      await it.sync('all');
      t.deepEqual(it.count.writes(), [], 'and no more');
    });
  }

  test('the bundle of a first sync that came to no end is used by the next', async (t) => {
    const files = { 'apps/a.yaml': app('a'), 'policies/three.yaml': policyFile(AT_MOST_THREE) };
    const it = await stage(the(), files, WITH_POLICIES);
    it.through({ cluster: untilWebApps });
    await t.throwsAsync(it.sync());
    t.truthy(await it.bundle());
    t.is((await it.source()).status.observedGeneration, -1);
    it.through({});
    t.is((await it.sync()).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:1' });
  });

  test('the bundle of a first sync that came to no end goes where no policies are asked for any more', async (t) => {
    const files = { 'apps/a.yaml': app('a'), 'policies/three.yaml': policyFile(AT_MOST_THREE) };
    const it = await stage(the(), files, WITH_POLICIES);
    it.through({ cluster: untilWebApps });
    await t.throwsAsync(it.sync());
    it.through({});
    await it.edit({ spec: { policies: null } });
    t.is((await it.sync()).kind, 'synced');
    t.is(await it.bundle(), undefined);
  });

  test('a bundle that has lost its owner, as that of an earlier source of its name, gets it back', async (t) => {
    const it = await guarded(the());
    await it.bench.edit(POLICY_BUNDLE, it.key, { metadata: { ownerReferences: null } });
    await it.sync('all');
    const { uid } = (await it.source()).metadata;
    t.like((await it.bundle())?.metadata.ownerReferences, [{ kind: 'WebAppSource', uid }]);
    await it.sync('all');
    t.deepEqual(it.count.writes(), []);
  });
}

/** A cluster that is gone before any WebApp or status is written, like a process that is killed. */
function untilWebApps(cluster: Cluster): Cluster {
  const gone = async () => {
    throw new Error('killed');
  };
  return withMethods(cluster, {
    applyStatus: gone,
    patch: gone,
    apply: (of, ...rest) => (of === WEBAPP ? gone() : cluster.apply(of, ...rest)),
  });
}
