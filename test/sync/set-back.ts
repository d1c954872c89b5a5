// A branch that shows an older commit than the one that was applied: a replica that is behind, or a branch set back.
import test from 'ava';
import { ANNOTATION, annotating } from '../../gitops/webapp.ts';
import { git } from '../../infra/git-process.ts';
import { app, type Grounds, ready, type SyncStage, stage } from './stage.ts';

const WAIT_MS = 20_000;
const SECOND = { a: 'a:2', b: 'b:1' };

export function setBack(the: () => Grounds): void {
  for (const force of ['changed', 'all'] as const)
    test(`a replica that is behind changes nothing: ${force}`, async (t) => {
      const { it, second } = await twoCommits(the());
      const b = await it.webapp('b');
      await show(it, it.repo.first);
      t.like(await it.sync(force), { kind: 'retry', afterMs: WAIT_MS });
      t.deepEqual(await it.images(), SECOND);
      const { status } = await it.source();
      t.is(ready(await it.source()), 'False BranchSetBack');
      t.is(status.lastAppliedRevision, `main@sha1:${second}`);
      t.is((await it.sync(force)).kind, 'quiet');

      await show(it, second);
      it.pass(WAIT_MS);
      t.is((await it.sync(force)).kind, 'synced');
      t.is(ready(await it.source()), 'True ReconciliationSucceeded');
      t.is((await it.webapp('b'))?.metadata.uid, b?.metadata.uid);
      t.false(it.count.writes().some((line) => line.startsWith('apply WebApp')));
    });

  test('a branch that was set back is followed once it still is after the wait', async (t) => {
    const { it } = await twoCommits(the());
    await show(it, it.repo.first);
    t.is((await it.sync('changed')).kind, 'retry');
    it.pass(WAIT_MS / 2);
    await it.edit(annotating(ANNOTATION.requestedAt, 'now'));
    t.like(await it.sync(), { kind: 'retry', afterMs: WAIT_MS / 2 }, 'no request ends the wait');
    t.deepEqual(await it.images(), SECOND);
    it.pass(WAIT_MS / 2);
    t.is((await it.sync()).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:1' });
    t.is((await it.source()).status.lastAppliedRevision, `main@sha1:${it.repo.first}`);
  });

  test('another commit that the branch is set back to has a wait of its own', async (t) => {
    const { it, second } = await twoCommits(the());
    await it.repo.clone.push({ 'c.yaml': app('c') });
    await it.sync('changed');
    await show(it, second);
    t.is((await it.sync('changed')).kind, 'retry');
    it.pass(WAIT_MS);
    await show(it, it.repo.first);
    t.like(await it.sync('changed'), { kind: 'retry', afterMs: WAIT_MS });
    t.deepEqual(await it.images(), { ...SECOND, c: 'c:1' });
  });

  test('a replica that is behind a commit of which a part was applied changes nothing', async (t) => {
    const { it } = await twoCommits(the());
    await it.repo.clone.push({ 'c.yaml': app('c'), 'broken.yaml': 'kind: [' });
    await it.sync('changed');
    await show(it, it.repo.first);
    t.is((await it.sync('changed')).kind, 'retry');
    t.deepEqual(await it.images(), { ...SECOND, c: 'c:1' });
  });

  test('a branch that was set back to a commit with a mistake is not waited for again', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a'), 'broken.yaml': 'kind: [' });
    await it.repo.clone.push({ 'a.yaml': app('a', 'a:2'), 'broken.yaml': null });
    await it.sync();
    await show(it, it.repo.first);
    await it.sync('changed');
    it.pass(WAIT_MS);
    t.is((await it.sync('changed')).kind, 'synced');
    t.is(ready(await it.source()), 'False InvalidManifests');
    t.is((await it.sync('all')).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:1' });
  });

  test('a branch that was replaced by another commit is followed at once', async (t) => {
    const { it } = await twoCommits(the());
    await it.repo.clone.git('reset', '--quiet', '--hard', it.repo.first);
    await it.repo.clone.commit({ 'a.yaml': app('a', 'a:3') });
    await it.repo.clone.git('push', '--quiet', '--force', 'origin', 'HEAD');
    t.is((await it.sync('changed')).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:3' });
  });
}

/** Returns a source of which a second commit was applied that changes a.yaml and adds b.yaml. */
async function twoCommits(grounds: Grounds): Promise<{ it: SyncStage; second: string }> {
  const it = await stage(grounds, { 'a.yaml': app('a') });
  await it.sync();
  const second = await it.repo.clone.push({ 'a.yaml': app('a', 'a:2'), 'b.yaml': app('b') });
  await it.sync('changed');
  return { it, second };
}

async function show({ repo }: SyncStage, commit: string): Promise<void> {
  await git(['update-ref', 'refs/heads/main', commit], { cwd: repo.folder });
}
