// WebApps that cannot be deleted, or not yet.
import test from 'ava';
import { ApiError } from '../../gitops/api-error.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { POLICY, POLICY_BINDING, WEBAPP } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { eventually } from '../cluster/eventually.ts';
import { dropPolicy, policyName } from '../helpers/cluster-policies.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { conditionOf } from '../reconcile/stage.ts';
import { app, type Grounds, ready, type SyncStage, stage } from './stage.ts';

const FILES = { 'a.yaml': app('a'), 'b.yaml': app('b'), 'c.yaml': app('c') };

/** Returns the names of the source's WebApps. */
export async function names(it: SyncStage): Promise<string> {
  return Object.keys(await it.images()).join('');
}

/** Returns the names that the source's status lists. */
export async function inventoryOf(it: SyncStage): Promise<string> {
  return ((await it.source()).status.inventory ?? []).map(({ name }) => name).join('');
}

/** Returns the deletes of the sync before. */
export const deletes = (it: SyncStage) =>
  it.count.writes().filter((line) => line.startsWith('delete'));

export function pruneRefusals(the: () => Grounds): void {
  refusedDeletes(the);
  terminating(the);
}

/** Lets the cluster refuse to delete the WebApp of that name. */
async function keeping({ bench, key }: SyncStage, kept: string) {
  const name = policyName();
  const expression = `oldObject.metadata.name != "${kept}"`;
  const policy = {
    apiVersion: POLICY.apiVersion,
    kind: POLICY.kind,
    metadata: { name },
    spec: {
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': key.namespace } },
        resourceRules: [
          {
            apiGroups: ['example.com'],
            apiVersions: ['*'],
            operations: ['DELETE'],
            resources: ['webapps'],
          },
        ],
      },
      validations: [{ expression, message: 'this one is to be kept' }],
    },
  };
  const { apiVersion, kind } = POLICY_BINDING;
  const spec = { policyName: name, validationActions: ['Deny'] };
  const binding = { apiVersion, kind, metadata: { name }, spec };
  await bench.admin.apply(POLICY, policy, { manager: 'kubectl', live: undefined });
  await bench.admin.apply(POLICY_BINDING, binding, { manager: 'kubectl', live: undefined });
  return name;
}

/** The fake judges nothing, so that it has to be told. */
function refusing(cluster: Cluster, kept: string, policy: string): Cluster {
  return withMethods(cluster, {
    delete: async (of, live, options) => {
      if (live.metadata.name !== kept) return cluster.delete(of, live, options);
      const message = `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: this one is to be kept`;
      throw new ApiError(`DELETE ${kept}`, 422, { reason: 'Invalid', message });
    },
  });
}

/** Returns once the API server refuses to delete it; until then it is made again as the source makes it. */
async function refused(it: SyncStage, kept: string): Promise<void> {
  await eventually('deletes are refused', async () => {
    const live = await it.webapp(kept);
    try {
      if (live) await it.bench.admin.delete(WEBAPP, live);
    } catch (error) {
      return String(error).includes('to be kept');
    }
    await it.sync('all');
    return false;
  });
}

function refusedDeletes(the: () => Grounds): void {
  test('R30 a WebApp that admission keeps from being deleted stays listed, is told, and goes once it may', async (t) => {
    const it = await stage(the(), FILES);
    await it.sync();
    const isFake = it.bench.name === 'fake';
    const policy = isFake ? 'keep' : await keeping(it, 'b');
    if (isFake) it.through({ cluster: (of) => refusing(of, 'b', policy) });
    else await refused(it, 'b');
    await it.repo.clone.push({ 'b.yaml': null, 'c.yaml': null });
    for (const _attempt of [1, 2]) {
      t.is((await it.sync('changed')).kind, 'retry');
      t.is(await names(it), 'ab', 'the others go');
      t.is(await inventoryOf(it), 'ab');
      const source = await it.source();
      t.is(ready(source), 'False PruneRefused');
      t.regex(conditionOf(source, 'Ready')?.message ?? '', /WebApp b .*this one is to be kept/);
      t.not(annotation(source, ANNOTATION.retry), '');
      it.pass(600_000);
    }
    if (isFake) it.through({});
    else await dropPolicy(it.bench, policy);
    await eventually('it goes', async () => {
      it.pass(600_000);
      return (await it.sync('changed')).kind === 'synced';
    });
    t.is(await names(it), 'a');
    t.is(await inventoryOf(it), 'a');
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });
}

function terminating(the: () => Grounds): void {
  test('R31 a WebApp that a finalizer holds is deleted once, and made again only when it is gone', async (t) => {
    const it = await stage(the(), FILES);
    await it.sync();
    const key = { ...it.key, name: 'b' };
    await it.bench.edit(WEBAPP, key, { metadata: { finalizers: ['example.org/hold'] } });
    const before = await it.webapp('b');
    await it.repo.clone.push({ 'b.yaml': null });
    await it.sync('changed');
    t.deepEqual(deletes(it), ['delete WebApp b']);
    for (const force of ['changed', 'all', 'all'] as const) {
      t.is((await it.sync(force)).kind, 'synced');
      t.deepEqual(deletes(it), []);
    }
    await it.repo.clone.push({ 'b.yaml': app('b', 'b:2') });
    for (const force of ['changed', 'all'] as const) {
      t.is((await it.sync(force)).kind, 'retry');
      t.is(ready(await it.source()), 'False WaitingForDeletion');
      t.like(await it.webapp('b'), { spec: { image: 'b:1' } });
      it.pass(600_000);
    }
    await it.bench.edit(WEBAPP, key, { metadata: { finalizers: null } });
    t.is((await it.sync('changed')).kind, 'synced');
    t.not((await it.webapp('b'))?.metadata.uid, before?.metadata.uid);
    t.is((await it.images()).b, 'b:2');
  });

  test('a push of a WebApp that somebody has deleted and a finalizer holds waits until it is gone', async (t) => {
    const it = await stage(the(), FILES);
    await it.sync();
    const key = { ...it.key, name: 'b' };
    const held = await it.bench.edit(WEBAPP, key, {
      metadata: { finalizers: ['example.org/hold'] },
    });
    await it.bench.admin.delete(WEBAPP, held);
    const commit = await it.repo.clone.push({ 'b.yaml': app('b', 'b:2') });
    t.is((await it.sync('changed')).kind, 'retry');
    const source = await it.source();
    t.is(ready(source), 'False WaitingForDeletion');
    t.is(source.status.lastAppliedRevision, `main@sha1:${it.repo.first}`);
    t.like(await it.webapp('b'), { spec: { image: 'b:1' } });
    await it.bench.edit(WEBAPP, key, { metadata: { finalizers: null } });
    it.pass(600_000);
    t.is((await it.sync()).kind, 'synced');
    t.is((await it.images()).b, 'b:2');
    t.is((await it.source()).status.lastAppliedRevision, `main@sha1:${commit}`);
  });
}
