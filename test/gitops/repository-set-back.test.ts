// Whether a branch shows an ancestor of the commit that was tried last, and on which servers one can know.
import { cp, rm } from 'node:fs/promises';
import test from 'ava';
import { createRepositories } from '../../gitops/io/repository.ts';
import {
  type Repositories,
  SetBackNotVerified,
  type Signers,
  type Snapshot,
} from '../../gitops/repository.ts';
import { git } from '../../infra/git-process.ts';
import { startTestServer, type TestRepository } from '../helpers/git-repo.ts';
import { forward, listen, reply } from '../helpers/listen.ts';

const { make, stop } = await startTestServer();
test.after.always(stop);

interface Asked {
  readonly since?: string;
  readonly tried?: string;
  readonly signers?: Signers;
}

function fetchMain(url: string, asked: Asked, from: Repositories): Promise<Snapshot> {
  return from.fetch({ url, branch: 'main', signal: AbortSignal.timeout(30_000), ...asked });
}

/** Has the server show another commit. */
function show({ folder }: TestRepository, commit: string): Promise<string> {
  return git(['update-ref', 'refs/heads/main', commit], { cwd: folder });
}

for (const whole of [true, false])
  test(`a cold instance knows a branch that was set back by three commits, ${whole ? 'whole' : 'since'}`, async (t) => {
    await using repo = await make({ 'a.yaml': 'a' });
    for (const text of ['1', '2']) await repo.clone.push({ 'a.yaml': text });
    const tried = await repo.clone.push({ 'a.yaml': '3' });
    await show(repo, repo.first);
    const asked = { tried, ...(!whole && { since: tried }) };
    const snapshot = await fetchMain(repo.url, asked, createRepositories());
    t.is(snapshot.setBack, true);
    t.is(snapshot.commit, repo.first);
    const [file] = await snapshot.changedFiles('');
    t.is(await snapshot.readText(file?.after ?? ''), 'a', 'and can be followed');
  });

test('an instance that has followed the commits knows it of a server that never had them', async (t) => {
  await using repo = await make({ 'a.yaml': 'a' });
  const replica = `${repo.folder}.behind`;
  await cp(repo.folder, replica, { recursive: true });
  const repositories = createRepositories();
  await fetchMain(repo.url, {}, repositories);
  for (const text of ['1', '2']) await repo.clone.push({ 'a.yaml': text });
  const tried = await repo.clone.push({ 'a.yaml': '3' });
  await fetchMain(repo.url, { since: repo.first, tried: repo.first }, repositories);
  await rm(repo.folder, { recursive: true });
  await cp(replica, repo.folder, { recursive: true });
  t.is((await fetchMain(repo.url, { since: tried, tried }, repositories)).setBack, true);
  t.is((await fetchMain(repo.url, { tried }, repositories)).setBack, true);
  const cold = await fetchMain(repo.url, { since: tried, tried }, createRepositories());
  t.is(cold.setBack, true, 'nor does a cold one take it for news');
});

test('a branch that has moved on, stayed, or was replaced is not set back', async (t) => {
  await using repo = await make({ 'a.yaml': 'a' });
  const tried = await repo.clone.push({ 'a.yaml': '1' });
  const fetch = (asked: Asked) => fetchMain(repo.url, asked, createRepositories());
  t.is((await fetch({ tried })).setBack, undefined);
  for (const text of ['2', '3']) await repo.clone.push({ 'a.yaml': text });
  for (const asked of [{ tried }, { since: tried, tried }, { tried: '' }])
    t.is((await fetch(asked)).setBack, undefined);
  await repo.clone.git('reset', '--quiet', '--hard', repo.first);
  const other = await repo.clone.commit({ 'b.yaml': 'b' });
  await repo.clone.git('push', '--quiet', '--force', 'origin', 'HEAD');
  for (const asked of [{ tried }, { since: tried, tried }]) {
    const snapshot = await fetch(asked);
    t.is(snapshot.setBack, undefined);
    t.is(snapshot.commit, other);
  }
});

test('where no commit is given by its id, what has moved on is told from what has not by all of the history', async (t) => {
  await using repo = await make({ 'a.yaml': 'a' });
  await git(['config', 'uploadpack.allowAnySHA1InWant', 'false'], { cwd: repo.folder });
  const tried = await repo.clone.push({ 'a.yaml': '1' });
  for (const text of ['2', '3']) await repo.clone.push({ 'a.yaml': text });
  const fetch = (asked: Asked) => fetchMain(repo.url, asked, createRepositories());
  for (const asked of [{ tried }, { since: tried, tried }])
    t.is((await fetch(asked)).setBack, undefined, 'moved on');
  await show(repo, repo.first);
  for (const asked of [{ tried }, { since: tried, tried }])
    t.is((await fetch(asked)).setBack, true, 'set back');
  t.is((await fetch({ tried: 'f'.repeat(40) })).setBack, true, 'unheard of');
});

for (const signers of [undefined, { mode: 'history', sshKeys: [] } as const])
  test(`a branch that was replaced is read as a whole once, ${signers ? 'signed' : 'unsigned'}`, async (t) => {
    await using repo = await make({ 'a.yaml': 'a' });
    await git(['config', 'uploadpack.allowAnySHA1InWant', 'false'], { cwd: repo.folder });
    const tried = await repo.clone.push({ 'a.yaml': '1' });
    await repo.clone.git('reset', '--quiet', '--hard', repo.first);
    await repo.clone.commit({ 'b.yaml': 'b' });
    await repo.clone.git('push', '--quiet', '--force', 'origin', 'HEAD');
    const { origin, pathname } = new URL(repo.url);
    let packs = 0;
    using counting = await listen(async (asked, response) => {
      const answer = await forward(origin, asked);
      if (answer.body.includes('PACK')) packs++;
      reply(response, answer);
    });
    const asked = {
      since: tried,
      tried,
      ...(signers && { signers: { ...signers, since: tried } }),
    };
    const reading = fetchMain(`${counting.url}${pathname}`, asked, createRepositories());
    if (signers) await t.throwsAsync(reading, { instanceOf: SetBackNotVerified });
    else t.is((await reading).setBack, true, 'it cannot be told from one that was set back');
    t.is(packs, 1);
  });
