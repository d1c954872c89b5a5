// A sync that is killed between its writes, and a branch that has moved on when the next one comes.
import test from 'ava';
import { withMethods } from '../helpers/counting-cluster.ts';
import { stampBeforeStatus } from './late-stamp.ts';
import { app, type Grounds, type SyncStage, stage } from './stage.ts';

/** Starts a sync whose process is killed after its first write of a WebApp, before anything is recorded of it. */
async function killed(it: SyncStage): Promise<void> {
  let isDead = false;
  const unlessDead =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>, isLast = false) =>
    async (...args: A): Promise<R> => {
      if (isDead) throw new Error('killed');
      isDead = isLast;
      return call(...args);
    };
  it.through({
    cluster: (cluster) =>
      withMethods(cluster, {
        apply: unlessDead(cluster.apply.bind(cluster), true),
        delete: unlessDead(cluster.delete.bind(cluster), true),
        applyStatus: unlessDead(cluster.applyStatus.bind(cluster)),
        patch: unlessDead(cluster.patch.bind(cluster)),
      }),
  });
  await it.sync('changed').catch(() => {});
  it.through({});
}

interface Aborted {
  /** What the killed sync applied, in one commit. */
  readonly middle: Record<string, string | null>;
  /** The commits after it. */
  readonly after: readonly Record<string, string | null>[];
  readonly end: Record<string, string>;
}

const before = { 'a.yaml': app('a'), 'b.yaml': app('b') };

const aborted_: Record<string, Aborted> = {
  'is reverted': {
    middle: { 'a.yaml': app('a', 'a:2') },
    after: [before],
    end: { a: 'a:1', b: 'b:1' },
  },
  'is reverted, and something else is changed': {
    middle: { 'a.yaml': app('a', 'a:2') },
    after: [{ 'b.yaml': app('b', 'b:2') }, { 'a.yaml': app('a') }],
    end: { a: 'a:1', b: 'b:2' },
  },
  'added a file, which is taken back': {
    middle: { 'c.yaml': app('c') },
    after: [{ 'c.yaml': null }],
    end: { a: 'a:1', b: 'b:1' },
  },
  'deleted a file, which is brought back': {
    middle: { 'a.yaml': null },
    after: [{ 'a.yaml': app('a') }],
    end: { a: 'a:1', b: 'b:1' },
  },
};

export function aborted(the: () => Grounds): void {
  for (const [title, { middle, after, end }] of Object.entries(aborted_)) {
    test(`a commit that a killed sync has written in part leaves nothing: it ${title}`, async (t) => {
      const it = await stage(the(), before);
      await it.sync();
      await it.repo.clone.push(middle);
      await killed(it);
      t.notDeepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
      for (const files of after) await it.repo.clone.push(files);
      t.is((await it.sync('changed')).kind, 'synced');
      t.deepEqual(await it.images(), end);
      t.is((await it.sync('all')).kind, 'synced');
      t.deepEqual(it.count.writes(), [], 'and is recorded');
    });
  }

  test('a branch that is set back to what was applied last leaves nothing of what a killed sync has written', async (t) => {
    const it = await stage(the(), before);
    await it.sync();
    const first = await it.repo.clone.git('rev-parse', 'HEAD');
    await it.repo.clone.push({ 'a.yaml': app('a', 'a:2'), 'c.yaml': app('c') });
    await killed(it);
    await it.repo.clone.git('push', '--quiet', '--force', 'origin', `${first}:main`);
    t.is((await it.sync('changed')).kind, 'retry');
    it.pass(20_000);
    t.is((await it.sync('changed')).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
  });

  test('what a sync is about to write is noted once, before it writes, and only where it does', async (t) => {
    const it = await stage(the(), before);
    await it.sync();
    t.is(it.count.writes()[0], 'applyStatus WebAppSource apps');
    t.is(it.count.writes().filter((line) => line.startsWith('applyStatus')).length, 2);
    t.is((await it.source()).status.applyingRevision, undefined);
    await it.repo.clone.push({ 'README.md': 'no WebApp' });
    await it.sync('changed');
    t.deepEqual(it.count.writes(), ['applyStatus WebAppSource apps'], 'the revision alone');
    await it.sync('all');
    t.deepEqual(it.count.writes(), []);
  });

  test('a push that is told of between the look at the branch and the note is not answered', async (t) => {
    const it = await stage(the(), before);
    stampBeforeStatus(it, 1);
    t.is((await it.sync()).kind, 'synced');
    const { status } = await it.source();
    t.not(status.lastHandledReconcileAt, 'push-2');
    t.is(status.applyingRevision, undefined);
    t.is((await it.sync()).kind, 'synced', 'the stamp asks for another visit');
  });
}
