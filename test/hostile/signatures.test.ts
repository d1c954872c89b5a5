// Commits that nobody listed has signed.

import test, { type ExecutionContext } from 'ava';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { ANNOTATION, annotating, type WebAppSource } from '../../gitops/webapp.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { listen, passOn } from '../helpers/listen.ts';
import {
  makePgpKey,
  makeSshKey,
  pushCommit,
  revoked,
  signAs,
  signHead,
  signNoMore,
} from '../helpers/signing.ts';
import { manifest } from './manifest.ts';
import { openStage, ready, type Stage } from './stage.ts';

const DAY_MS = 86_400_000;

let git: Awaited<ReturnType<typeof startTestServer>>;
test.before(async () => {
  git = await startTestServer();
});
test.after.always(() => git?.stop());

test('S29 where signatures are asked for, what is unsigned or by another key is not applied', async (t) => {
  await using ana = await makeSshKey('ana');
  await using eve = await makeSshKey('eve');
  await using repo = await git.make({ 'a.yaml': manifest('a') });
  const stage = await openStage(t);
  const verify = { mode: 'history', sshKeys: [ana.line] };
  t.regex(ready(await stage.follow(repo.url, { verify })), /^False SourceNotVerified/);
  await signAs(repo.clone, eve);
  const again = () => syncAgain(stage);
  await repo.clone.push({ 'a.yaml': manifest('a') });
  t.regex(await again(), /^False SourceNotVerified/);
  t.deepEqual(await stage.webapps(), []);
  await signAs(repo.clone, ana);
  await repo.clone.push({ 'b.yaml': manifest('b') });
  t.regex(await again(), /^True/);
  await signNoMore(repo.clone);
  await repo.clone.push({ 'c.yaml': manifest('c') });
  await signAs(repo.clone, ana);
  // A signed head over an unsigned commit.
  await repo.clone.push({ 'd.yaml': manifest('d') });
  t.regex(await again(), /^False SourceNotVerified/);
  t.deepEqual(await stage.webapps(), ['a', 'b']);
});

/** Asks for a sync, with these fields of the source set, and returns how it went. */
async function syncAgain(stage: Stage, spec: object = {}): Promise<string> {
  const source = async () => (await stage.get(WEBAPP_SOURCE, 'apps')) as WebAppSource;
  await stage.cluster.admin.cluster.patch(WEBAPP_SOURCE, await source(), {
    type: 'merge',
    fields: { ...annotating(ANNOTATION.requestedAt, crypto.randomUUID()), spec },
  });
  await stage.tell('WebAppSource', 'apps');
  return ready(await source());
}

/** Has a source follow a commit that an OpenPGP key signed `daysAgo`; returns how that went. */
async function followSigned(
  t: ExecutionContext,
  { daysAgo, lasts = 0, lost = false }: { daysAgo: number; lasts?: number; lost?: boolean },
): Promise<{ how: string; webapps: string[] }> {
  const made = new Date(Date.now() - (daysAgo + 1) * DAY_MS);
  const key = await makePgpKey(made, lasts * (DAY_MS / 1_000));
  await using repo = await git.make({ 'a.yaml': manifest('a') });
  await signHead(repo.clone, key.privateKey, new Date(Date.now() - daysAgo * DAY_MS));
  const stage = await openStage(t);
  const pgpKeys = [lost ? await revoked(key.privateKey) : key.armored];
  const source = await stage.follow(repo.url, { verify: { pgpKeys } });
  return { how: ready(source), webapps: await stage.webapps() };
}

test('S29 an OpenPGP key that has expired or was revoked since is none', async (t) => {
  const good = await followSigned(t, { daysAgo: 1 });
  t.regex(good.how, /^True/);
  t.deepEqual(good.webapps, ['a']);
  const expired = await followSigned(t, { daysAgo: 5, lasts: 3 });
  t.regex(expired.how, /^False SourceNotVerified: .*expired/);
  const lost = await followSigned(t, { daysAgo: 1, lost: true });
  t.regex(lost.how, /^False SourceNotVerified: .*revoked/);
  t.deepEqual([...expired.webapps, ...lost.webapps], []);
});

test('S29 what was taken in before signatures were asked for is not taken for signed', async (t) => {
  await using ana = await makeSshKey('ana');
  await using repo = await git.make({ 'a.yaml': manifest('a') });
  const stage = await openStage(t);
  t.regex(ready(await stage.follow(repo.url)), /^True/);
  const verify = { sshKeys: [ana.line] };
  // The same commit, which the functions have in their memory.
  t.regex(await syncAgain(stage, { verify }), /^False SourceNotVerified: .*not signed/);
  await signAs(repo.clone, ana);
  await repo.clone.push({ 'b.yaml': manifest('b') });
  t.regex(await syncAgain(stage), /^True/);
  t.deepEqual(await stage.webapps(), ['a', 'b']);
});

test('S30 a branch that moves between the look at it and the fetch: what is applied is what was verified', async (t) => {
  await using ana = await makeSshKey('ana');
  await using repo = await git.make({ 'a.yaml': manifest('a') });
  await signAs(repo.clone, ana);
  await repo.clone.push({ 'b.yaml': manifest('b') });
  await signNoMore(repo.clone);
  const moved: string[] = [];
  using server = await listen(async (request, response) => {
    if (request.method === 'POST')
      moved.push(await repo.clone.push({ 'eve.yaml': manifest('eve') }));
    await passOn(new URL(repo.url).origin, request, response);
  });
  const stage = await openStage(t);
  const url = server.url + new URL(repo.url).pathname;
  t.regex(ready(await stage.follow(url, { verify: { sshKeys: [ana.line] } })), /^True/);
  t.true(moved.length > 0);
  t.deepEqual(await stage.webapps(), ['a', 'b']);
  t.regex(await syncAgain(stage), /^False SourceNotVerified: .*not signed/);
  t.deepEqual(await stage.webapps(), ['a', 'b']);
});

test('S30 a commit with two signatures is not verified by either, and what was not verified is not applied', async (t) => {
  await using ana = await makeSshKey('ana');
  await using repo = await git.make({ 'a.yaml': manifest('a') });
  await signAs(repo.clone, ana);
  const signed = await repo.clone.push({ 'a.yaml': manifest('a') });
  const raw = `${await repo.clone.git('cat-file', 'commit', signed)}\n`;
  const signature = /^gpgsig [\s\S]*?\n(?! )/m.exec(raw)?.[0] ?? '';
  t.true(signature.length > 100);
  await pushCommit(repo.clone, raw.replace(signature, signature + signature));
  const stage = await openStage(t);
  const source = await stage.follow(repo.url, { verify: { sshKeys: [ana.line] } });
  t.regex(ready(source), /^False SourceNotVerified/);
  t.deepEqual(await stage.webapps(), []);
});
