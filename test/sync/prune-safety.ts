// What a prune withstands: commits that name nothing, crashes, and marks that somebody has forged.
import type { ServerResponse } from 'node:http';
import test from 'ava';
import type { Cluster } from '../../gitops/cluster.ts';
import { EVENT, type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectMeta } from '../../gitops/objects.ts';
import { ANNOTATION, annotation, LABEL } from '../../gitops/webapp.ts';
import { webapp } from '../cluster/objects.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { forward, listen, type Passed, reply } from '../helpers/listen.ts';
import { deletes, inventoryOf, names } from './prune-refusals.ts';
import { app, type Grounds, ready, type SyncStage, stage } from './stage.ts';

const FILES = { 'a.yaml': app('a'), 'b.yaml': app('b'), 'c.yaml': app('c') };

/** How long a sync may take here. */
const LONG_MS = 5_000;
const LONGEST_WAIT_MS = 6 * 60_000;

/** What becomes of a Git server's good answer with what is new. */
const SPOILS: Readonly<Record<string, (answer: Passed, response: ServerResponse) => void>> = {
  'that fails': (_, response) => response.writeHead(500).end(),
  'that hangs': () => {},
  'whose pack ends too early': (answer, response) =>
    reply(response, { ...shorter(answer), body: half(answer) }),
  'whose connection is cut': (answer, response) => {
    response.writeHead(200, { 'content-length': answer.body.length });
    response.write(half(answer), () => response.destroy());
  },
};

const half = ({ body }: Passed) => body.subarray(0, body.length / 2);

function shorter({ headers: { 'content-length': _, ...headers }, ...answer }: Passed): Passed {
  return { ...answer, headers };
}

export function pruneSafety(the: () => Grounds): void {
  nothingWanted(the);
  crashes(the);
  forgeries(the);
}

function nothingWanted(the: () => Grounds): void {
  test('R24 a commit without any WebApp deletes none, whatever their number, until somebody consents', async (t) => {
    const it = await stage(the(), { ...FILES, 'README.md': 'WebApps' });
    await it.sync();
    await it.repo.clone.push({ 'a.yaml': null, 'b.yaml': null, 'c.yaml': null });
    for (const force of ['changed', 'all'] as const) {
      await it.sync(force);
      t.deepEqual(deletes(it), []);
      t.is(await names(it), 'abc');
      t.is(await inventoryOf(it), 'abc');
      t.is(ready(await it.source()), 'False PruneHeld');
    }
    const { items } = await it.bench.admin.list(EVENT, { namespace: it.key.namespace });
    const told = items.filter(({ message }) => String(message).startsWith('PruneHeld: '));
    t.deepEqual(
      told.map(({ type, reason, count }) => [type, reason, count]),
      [['Warning', 'ReconcileFailed', 1]],
      'what waits for a person is told once',
    );
    await it.edit({ spec: { pruneLimit: { percent: 100 } } });
    t.is((await it.sync()).kind, 'synced');
    t.is(await names(it), '');
  });

  for (const [title, spoil] of Object.entries(SPOILS))
    test(`R24 a Git server ${title} takes nothing away`, async (t) => {
      const it = await stage(the(), FILES);
      await it.sync();
      const { status: before } = await it.source();
      await it.repo.clone.push({ 'b.yaml': null });
      using server = await listen(async (asked, response) => {
        const answer = await forward(new URL(it.repo.url).origin, asked);
        if (asked.method === 'GET') reply(response, answer);
        else spoil(answer, response);
      });
      const url = `${server.url}${new URL(it.repo.url).pathname}`;
      it.through({
        repositories: (of) => ({
          ...of,
          fetch: (asked) => of.fetch({ ...asked, url, signal: AbortSignal.timeout(LONG_MS) }),
        }),
      });
      for (const force of ['changed', 'all'] as const) {
        t.is((await it.sync(force)).kind, 'retry');
        t.deepEqual(deletes(it), []);
        it.pass(LONGEST_WAIT_MS);
      }
      t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1', c: 'c:1' });
      const { status } = await it.source();
      t.deepEqual(status.inventory, before.inventory);
      t.is(status.lastAppliedRevision, before.lastAppliedRevision);
      it.through({});
      t.is((await it.sync('changed')).kind, 'synced');
      t.is(await names(it), 'ac');
    });

  test('R24 the last WebApp of a source may take another name', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    await it.sync();
    await it.repo.clone.push({ 'a.yaml': app('b') });
    t.is((await it.sync('changed')).kind, 'synced');
    t.is(await names(it), 'b');
  });

  test('R25 a WebApp that moves into a file that cannot be read is not taken for deleted', async (t) => {
    const it = await stage(the(), FILES);
    await it.sync();
    await it.repo.clone.push({ 'b.yaml': null, 'moved.yaml': `${app('b')}  image: [` });
    for (const force of ['changed', 'all'] as const) {
      await it.sync(force);
      t.is(await names(it), 'abc');
      t.is(await inventoryOf(it), 'abc');
    }
    await it.repo.clone.push({ 'moved.yaml': app('b', 'b:2') });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:2', c: 'c:1' });
    await it.repo.clone.push({ 'moved.yaml': null });
    await it.sync('changed');
    t.is(await names(it), 'ac');
  });
}

/** A process that dies after the first request that is the last one. */
function dying(cluster: Cluster, isLast: (verb: string, of: Kind) => boolean): Cluster {
  let isDead = false;
  return new Proxy(cluster, {
    get: (target, verb: keyof Cluster) => {
      const call = target[verb].bind(target) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        if (isDead) throw new Error('the process is dead');
        const isNow = isLast(verb, args[0] as Kind);
        if (isNow) isDead = true;
        return call(...args);
      };
    },
  });
}

function crashes(the: () => Grounds): void {
  test('R03 a WebApp made just before a crash goes with the next full check, though no file names it by then', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    await it.sync();
    await it.repo.clone.push({ 'b.yaml': app('b') });
    it.through({ cluster: (of) => dying(of, (verb) => verb === 'apply') });
    await t.throwsAsync(it.sync('changed'), { message: /dead/ });
    t.is(await names(it), 'ab');
    t.is(await inventoryOf(it), 'a');
    it.through({});
    await it.repo.clone.push({ 'b.yaml': null });
    t.is((await it.sync('all')).kind, 'synced');
    t.is(await names(it), 'a');
  });

  test('R04 after a crash in a prune each WebApp is deleted once, and none is forgotten', async (t) => {
    const it = await stage(the(), FILES);
    await it.sync();
    await it.repo.clone.push({ 'b.yaml': null, 'c.yaml': null });
    it.through({ cluster: (of) => dying(of, (verb) => verb === 'delete') });
    await t.throwsAsync(it.sync('changed'), { message: /dead/ });
    const first = deletes(it);
    t.is(await inventoryOf(it), 'abc', 'nobody could say what was done');
    it.through({});
    t.is((await it.sync('changed')).kind, 'synced');
    t.is(await names(it), 'a');
    t.is(await inventoryOf(it), 'a');
    // The crash met one of the two: the other was asked for, and did not get through.
    t.is(first[0] === deletes(it)[0], false);
    t.is(deletes(it).length, 1);
  });

  test('a WebApp that changes while it is pruned is looked at again, and no failure is counted', async (t) => {
    const it = await stage(the(), FILES);
    await it.sync();
    await it.repo.clone.push({ 'b.yaml': null });
    let touched = 0;
    it.through({
      cluster: (of) =>
        withMethods(of, {
          delete: async (kind, live, options) => {
            const fields = { metadata: { annotations: { 'example.org/note': 'seen' } } };
            if (touched++ === 0) await it.bench.admin.patch(kind, live, { type: 'merge', fields });
            return of.delete(kind, live, options);
          },
        }),
    });
    t.is((await it.sync('changed')).kind, 'synced');
    t.is(touched, 2);
    t.is(await names(it), 'ac');
    t.is(annotation(await it.source(), ANNOTATION.retry), '');
  });
}

/** Makes a WebApp that no source has made. */
function byHand({ bench, key }: SyncStage, metadata: Partial<ObjectMeta>): Promise<KubeObject> {
  const plain = webapp(key.namespace, 'theirs');
  const object = { ...plain, metadata: { ...plain.metadata, ...metadata } };
  return bench.admin.apply(WEBAPP, object, { manager: 'kubectl', live: undefined });
}

async function poison(it: SyncStage): Promise<void> {
  const source = await it.source();
  const inventory = [...(source.status.inventory ?? []), { name: 'theirs', path: 'theirs.yaml' }];
  await it.bench.admin.applyStatus(WEBAPP_SOURCE, source, { ...source.status, inventory });
}

function forgeries(the: () => Grounds): void {
  const labels = { [LABEL.source]: 'apps' };
  for (const [title, { metadata, isListed }] of Object.entries({
    'in a poisoned inventory': { metadata: {}, isListed: true },
    'under our label': { metadata: { labels }, isListed: false },
    'in a poisoned inventory and under our label': { metadata: { labels }, isListed: true },
  }))
    test(`S36 a foreign WebApp ${title} is not deleted, nor does it go with the source`, async (t) => {
      const it = await stage(the(), FILES, { deletionPolicy: 'Delete' });
      await it.sync();
      const before = await byHand(it, metadata);
      if (isListed) await poison(it);
      await it.repo.clone.push({ 'b.yaml': null });
      await it.sync('changed');
      for (const force of ['all', 'all'] as const) await it.sync(force);
      // Settles the owners of all there is.
      await it.edit({ spec: { deletionPolicy: 'Orphan' } });
      await it.sync();
      await it.edit({ spec: { deletionPolicy: 'Delete' } });
      await it.sync();
      t.deepEqual((await it.webapp('theirs'))?.metadata, before.metadata);
      t.is(await inventoryOf(it), 'ac');
      t.is(await it.webapp('b'), undefined);
      t.is(ready(await it.source()), 'True ReconciliationSucceeded');
    });

  test('S35 a WebApp of that name that nobody has made from Git is not touched', async (t) => {
    const it = await stage(the(), FILES);
    const before = await byHand(it, {});
    await it.repo.clone.push({ 'theirs.yaml': app('theirs', 'ours:1') });
    for (const force of ['changed', 'all'] as const) {
      await it.sync(force);
      t.deepEqual((await it.webapp('theirs'))?.metadata, before.metadata);
    }
    await it.repo.clone.push({ 'theirs.yaml': null });
    await it.sync('changed');
    t.deepEqual((await it.webapp('theirs'))?.metadata, before.metadata);
  });
}
