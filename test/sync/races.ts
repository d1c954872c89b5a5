// Syncs that meet, and failures on the way.
import test from 'ava';
import { ApiError } from '../../gitops/api-error.ts';
import type { Repositories } from '../../gitops/repository.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { stampBeforeStatus } from './late-stamp.ts';
import { app, type Grounds, HOUR_MS, ready, type SyncStage, stage } from './stage.ts';

/** Lets the next sync fetch, and then wait until it is let go. */
function held(it: SyncStage) {
  const fetched = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const hold = (of: Repositories): Repositories => ({
    ...of,
    fetch: async (request) => {
      const snapshot = await of.fetch(request);
      fetched.resolve();
      await released.promise;
      return snapshot;
    },
  });
  it.through({ repositories: hold });
  const sync = it.sync('changed');
  it.through({});
  return { fetched: fetched.promise, release: released.resolve, sync };
}

interface Race {
  readonly older: Record<string, string | null>;
  readonly newer: Record<string, string | null>;
  readonly end: Record<string, string>;
}

const races_: Record<string, Race> = {
  'both change a file': {
    older: { 'a.yaml': app('a', 'a:older') },
    newer: { 'a.yaml': app('a', 'a:newer') },
    end: { a: 'a:newer', b: 'b:1' },
  },
  'the newer takes back what the older adds': {
    older: { 'c.yaml': app('c') },
    newer: { 'c.yaml': null },
    end: { a: 'a:1', b: 'b:1' },
  },
  'the newer brings back what the older deletes': {
    older: { 'b.yaml': null },
    newer: { 'b.yaml': app('b', 'b:newer') },
    end: { a: 'a:1', b: 'b:newer' },
  },
  'the newer reverts the older': {
    older: { 'a.yaml': app('a', 'a:older') },
    newer: { 'a.yaml': app('a', 'a:1'), 'b.yaml': app('b', 'b:newer') },
    end: { a: 'a:1', b: 'b:newer' },
  },
};

export function races(the: () => Grounds): void {
  for (const [title, { older, newer, end }] of Object.entries(races_)) {
    test(`of two syncs that meet the newer commit stays: ${title}`, async (t) => {
      const it = await stage(the(), { 'a.yaml': app('a'), 'b.yaml': app('b') });
      await it.sync();
      await it.repo.clone.push(older);
      const slow = held(it);
      await slow.fetched;
      const commit = await it.repo.clone.push(newer);
      t.is((await it.sync('changed')).kind, 'synced');
      slow.release();
      t.is((await slow.sync).kind, 'synced');
      t.deepEqual(await it.images(), end);
      const source = await it.source();
      t.is(source.status.lastAppliedRevision, `main@sha1:${commit}`);
      t.is(ready(source), 'True ReconciliationSucceeded');
      t.is((await it.sync()).kind, 'quiet');
    });
  }

  test('two first syncs at once agree', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a'), 'b.yaml': app('b') });
    const outcomes = await Promise.all([it.sync(), it.sync(), it.sync()]);
    t.deepEqual([...new Set(outcomes.map(({ kind }) => kind))], ['synced']);
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
    t.is((await it.source()).status.problems, undefined);
  });

  test('a push that is told during a sync is no reason to sync twice, and is not forgotten', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    stampBeforeStatus(it, 2);
    t.is((await it.sync()).kind, 'synced');
    t.deepEqual(
      it.count.requests.filter((line) => line === 'apply WebApp a'),
      ['apply WebApp a'],
    );
    const source = await it.source();
    t.is(source.status.lastAppliedRevision, `main@sha1:${it.repo.first}`);
    t.not(source.status.lastHandledReconcileAt, 'push-2');
    t.is((await it.sync()).kind, 'synced', 'the stamp asks for another visit');
  });

  test('one WebApp that fails holds up no other and is tried again', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    await it.sync();
    const commit = await it.repo.clone.push({ 'a.yaml': app('a', 'a:2'), 'b.yaml': app('b') });
    it.through({
      cluster: (cluster) =>
        withMethods(cluster, {
          apply: async (of, desired, options) => {
            if (desired.metadata.name === 'a') throw new ApiError('x', 503, { message: 'later' });
            return cluster.apply(of, desired, options);
          },
        }),
    });
    t.like(await it.sync('changed'), { kind: 'retry', afterMs: 1_500 });
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    t.is((await it.source()).status.lastAppliedRevision, `main@sha1:${it.repo.first}`);
    t.is((await it.sync('all')).kind, 'quiet');
    it.through({});
    it.pass(1_500);
    t.is((await it.sync()).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:2', b: 'b:1' });
    t.is((await it.source()).status.lastAppliedRevision, `main@sha1:${commit}`);
    t.is((await it.source()).metadata.annotations?.[ANNOTATION.retry], undefined);
  });

  test('a sync that runs out of time goes on where it was, and prunes last', async (t) => {
    const names = Array.from({ length: 20 }, (_, at) => `w${String(at).padStart(2, '0')}`);
    const it = await stage(the(), { 'old.yaml': app('old') });
    await it.sync();
    const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, app(name)]));
    const commit = await it.repo.clone.push({ ...files, 'old.yaml': null });
    let writes = 0;
    it.through({
      cluster: (cluster) =>
        withMethods(cluster, {
          apply: (of, desired, options) => {
            if (++writes === 5) it.pass(2 * HOUR_MS);
            return cluster.apply(of, desired, options);
          },
        }),
    });
    t.is((await it.sync('changed')).kind, 'unfinished');
    const made = Object.keys(await it.images());
    t.true(made.length > 1 && made.length < names.length, `${made.length} of ${names.length}`);
    t.true(made.includes('old'), 'nothing is pruned before all is there');
    const { status } = await it.source();
    t.is(ready(await it.source()), 'False Progressing');
    t.is(status.lastAppliedRevision, `main@sha1:${it.repo.first}`);
    t.is(status.inventory?.length, made.length);

    it.through({});
    it.pass(-2 * HOUR_MS);
    t.is((await it.sync()).kind, 'synced', 'an event alone brings the rest');
    const rest = names.filter((name) => !made.includes(name));
    t.deepEqual(
      it.count
        .writes()
        .filter((line) => line.startsWith('apply WebApp'))
        .sort(),
      rest.map((name) => `apply WebApp ${name}`),
    );
    t.deepEqual(Object.keys(await it.images()), names);
    t.is((await it.source()).status.lastAppliedRevision, `main@sha1:${commit}`);
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });

  test('killed before it could record, the next sync finishes', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a'), 'b.yaml': app('b') });
    const die = async () => {
      throw new Error('killed');
    };
    it.through({ cluster: (cluster) => withMethods(cluster, { applyStatus: die, patch: die }) });
    await t.throwsAsync(it.sync(), { message: 'killed' });
    it.through({});
    t.is((await it.sync()).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    const source = await it.source();
    t.is(ready(source), 'True ReconciliationSucceeded');
    t.is(source.status.inventory?.length, 2);
  });
}
