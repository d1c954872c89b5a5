// What becomes of the WebApps when their source is deleted.
import test from 'ava';
import { DEPLOYMENT, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { eventually } from '../cluster/eventually.ts';
import { webapp } from '../cluster/objects.ts';
import { app, type Grounds, ready, type SyncStage, stage } from './stage.ts';

const FILES = { 'a.yaml': app('a'), 'b.yaml': app('b') };
const DELETE = { deletionPolicy: 'Delete' };
const ORPHAN = { deletionPolicy: 'Orphan' };

/** Makes a WebApp that no source has made. */
function byHand({ bench, key }: SyncStage, name: string): Promise<KubeObject> {
  const object = webapp(key.namespace, name);
  return bench.admin.apply(WEBAPP, object, { manager: 'kubectl', live: undefined });
}

/** Returns the owners of a and b as "a:apps b:". */
async function owners(it: SyncStage): Promise<string> {
  const found = await Promise.all(['a', 'b'].map((name) => it.webapp(name)));
  const told = found.map((live) => {
    const names = (live?.metadata.ownerReferences ?? []).map(({ name }) => name);
    return `${live?.metadata.name}:${names.join()}`;
  });
  return told.join(' ');
}

export function deletion(the: () => Grounds): void {
  test('with deletionPolicy Delete the WebApps go with their source, and no others', async (t) => {
    const it = await stage(the(), FILES, DELETE);
    await byHand(it, 'other');
    await it.sync();
    const source = await it.source();
    const { apiVersion, kind, metadata } = source;
    const owner = { apiVersion, kind, name: 'apps', uid: metadata.uid };
    t.deepEqual((await it.webapp('a'))?.metadata.ownerReferences, [owner as never]);
    await it.sync('all');
    t.deepEqual(it.count.writes(), [], 'a reference that is there is not written again');

    await it.bench.admin.delete(WEBAPP_SOURCE, source);
    await eventually('the WebApps are collected', async () => {
      const left = await Promise.all(['a', 'b'].map((name) => it.webapp(name)));
      return left.every((live) => live === undefined);
    });
    t.truthy(await it.webapp('other'));
  });

  test('by default WebApps have no owner, so that they stay when their source goes', async (t) => {
    const it = await stage(the(), FILES);
    await it.sync();
    t.is(await owners(it), 'a: b:');
    await it.bench.admin.delete(WEBAPP_SOURCE, await it.source());
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
  });

  test('a change of deletionPolicy reaches the WebApps that are there, also one whose file is wrong', async (t) => {
    const it = await stage(the(), FILES);
    await it.sync();
    await it.repo.clone.push({ 'b.yaml': 'apiVersion: [' });
    await it.sync('changed');
    for (const [spec, want] of [
      [DELETE, 'a:apps b:apps'],
      [ORPHAN, 'a: b:'],
      [DELETE, 'a:apps b:apps'],
    ] as const) {
      await it.edit({ spec });
      await it.sync();
      t.is(await owners(it), want);
    }
    t.is(ready(await it.source()), 'False InvalidManifests');
    // Once it is written again, two managers have put the reference there; it must go all the same.
    await it.repo.clone.push({ 'b.yaml': app('b', 'b:2') });
    await it.sync('changed');
    await it.edit({ spec: ORPHAN });
    await it.sync();
    t.is(await owners(it), 'a: b:');
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });

  test('an owner that somebody else has put on a WebApp stays', async (t) => {
    const it = await stage(the(), FILES, DELETE);
    const { apiVersion, kind, metadata } = await byHand(it, 'keeper');
    await it.sync();
    const live = await it.webapp('b');
    const keeper = { apiVersion, kind, name: 'keeper', uid: metadata.uid };
    const ownerReferences = [...(live?.metadata.ownerReferences ?? []), keeper];
    await it.bench.edit(WEBAPP, { ...it.key, name: 'b' }, { metadata: { ownerReferences } });
    await it.edit({ spec: ORPHAN });
    await it.sync();
    t.is(await owners(it), 'a: b:keeper');
  });

  test('the reference is taken away without the repository, as a source is often deleted after it', async (t) => {
    const it = await stage(the(), FILES, DELETE);
    await it.sync();
    await it.edit({ spec: { ...ORPHAN, branch: 'gone' } });
    t.is((await it.sync()).kind, 'retry');
    t.is(await owners(it), 'a: b:');
  });

  test('the reference is taken away while the source is suspended, too', async (t) => {
    const it = await stage(the(), FILES, DELETE);
    await it.sync();
    await it.edit({ spec: { ...ORPHAN, suspend: true } });
    t.is((await it.sync()).kind, 'quiet');
    t.is(await owners(it), 'a: b:');
    t.is(ready(await it.source()), 'Unknown Suspended');
  });

  test('a prune leaves the children of a WebApp with deletionPolicy Orphan, also before a visit has seen that', async (t) => {
    const orphan = (name: string) => app(name, `${name}:1`, '  deletionPolicy: Orphan\n');
    const it = await stage(the(), { ...FILES, 'c.yaml': orphan('c'), 'd.yaml': app('d') });
    await it.sync();
    for (const name of ['a', 'b', 'c']) await it.visit(name);
    await it.repo.clone.push({ 'a.yaml': orphan('a') });
    await it.sync('changed');
    await it.repo.clone.push({ 'a.yaml': null, 'b.yaml': null, 'c.yaml': null });
    await it.sync('changed');
    const child = (name: string) => it.bench.admin.get(DEPLOYMENT, { ...it.key, name });
    await eventually('the children of b are collected', async () => !(await child('b')));
    t.is(await it.webapp('c'), undefined, 'where no reference is left, no finalizer is needed');
    await eventually('a is gone', async () => !(await it.webapp('a')));
    for (const left of [await child('a'), await child('c')]) {
      t.truthy(left);
      t.is(left?.metadata.ownerReferences, undefined);
    }
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });
}
