// A branch that shows an older commit than the one that was applied: a replica that is behind, or a branch set back.
import test from 'ava';
import { ANNOTATION, annotating } from '../../gitops/webapp.ts';
import { git } from '../../infra/git-process.ts';
import { makeSshKey, type SshKey, signAs } from '../helpers/signing.ts';
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

  for (const force of ['changed', 'all'] as const)
    test(`where the history must be signed, a replica that is behind stalls nothing: ${force}`, async (t) => {
      await using key = await makeSshKey('ana');
      const { it, first, second } = await signedCommits(the(), key);
      await show(it, first);
      t.like(await it.sync(force), { kind: 'retry', afterMs: WAIT_MS });
      const source = await it.source();
      t.is(ready(source), 'False BranchSetBack');
      t.regex(
        source.status.conditions?.[0]?.message ?? '',
        /: refused if it still is there in 20 s$/,
      );
      t.is(source.status.lastAppliedRevision, `main@sha1:${second}`);
      t.deepEqual(await it.images(), SECOND);
      t.is((await it.sync(force)).kind, 'quiet');

      await show(it, second);
      it.pass(WAIT_MS);
      t.is((await it.sync(force)).kind, 'synced');
      t.is(ready(await it.source()), 'True ReconciliationSucceeded');
      t.false(it.count.writes().some((line) => line.startsWith('apply WebApp')));
    });

  test('where the history must be signed, a branch that stays set back is never followed', async (t) => {
    await using key = await makeSshKey('ana');
    const { it, first, second } = await signedCommits(the(), key);
    await show(it, first);
    t.is((await it.sync('changed')).kind, 'retry');
    it.pass(WAIT_MS / 2);
    await it.edit(annotating(ANNOTATION.requestedAt, 'now'));
    t.like(await it.sync(), { kind: 'retry', afterMs: WAIT_MS / 2 }, 'no request ends the wait');
    it.pass(WAIT_MS / 2);
    t.is((await it.sync()).kind, 'stalled');
    const { status } = await it.source();
    t.is(ready(await it.source()), 'False SourceNotVerified');
    t.is(status.lastAppliedRevision, `main@sha1:${second}`);
    for (const force of ['changed', 'all'] as const) {
      it.pass(WAIT_MS);
      t.is((await it.sync(force)).kind, 'stalled');
      t.deepEqual((await it.source()).status, status, 'it is waited for once');
    }
    t.deepEqual(await it.images(), SECOND);

    await show(it, second);
    t.is((await it.sync('all')).kind, 'synced');
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
    await show(it, first);
    t.is((await it.sync('changed')).kind, 'retry', 'another time has a wait of its own');
  });

  test('an older head that nobody signed is waited for before it is refused', async (t) => {
    await using key = await makeSshKey('ana');
    const { it } = await signedCommits(the(), key, 'head');
    await show(it, it.repo.first);
    t.is((await it.sync('changed')).kind, 'retry');
    t.is(ready(await it.source()), 'False BranchSetBack');
    it.pass(WAIT_MS);
    t.is((await it.sync('changed')).kind, 'stalled');
    t.is(ready(await it.source()), 'False SourceNotVerified');
    t.deepEqual(await it.images(), SECOND);
  });

  test('where the history must be signed, a branch that was replaced is refused at once', async (t) => {
    await using key = await makeSshKey('ana');
    const { it, first } = await signedCommits(the(), key);
    await it.repo.clone.git('reset', '--quiet', '--hard', first);
    await it.repo.clone.commit({ 'a.yaml': app('a', 'a:3') });
    await it.repo.clone.git('push', '--quiet', '--force', 'origin', 'HEAD');
    t.is((await it.sync('changed')).kind, 'stalled');
    t.is(ready(await it.source()), 'False SourceNotVerified');
    t.deepEqual(await it.images(), SECOND);
  });
}

/** Returns a source of which two commits were applied that the key has signed; those before them are not signed. */
async function signedCommits(grounds: Grounds, key: SshKey, mode = 'history') {
  const verify = { mode, sshKeys: [key.line] };
  const it = await stage(grounds, { 'a.yaml': app('a', 'a:0') }, { verify });
  await signAs(it.repo.clone, key);
  const first = await it.repo.clone.push({ 'a.yaml': app('a') });
  await it.sync();
  const second = await it.repo.clone.push({ 'a.yaml': app('a', 'a:2'), 'b.yaml': app('b') });
  await it.sync('changed');
  return { it, first, second };
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
