// Commits that nobody listed has signed.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { ANNOTATION, annotating, type WebAppSource } from '../../gitops/webapp.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { makeSshKey, signAs, signNoMore } from '../helpers/signing.ts';
import { manifest, openStage, ready } from './stage.ts';

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
  const again = async () => {
    await stage.cluster.admin.cluster.patch(WEBAPP_SOURCE, await source(), {
      type: 'merge',
      fields: annotating(ANNOTATION.requestedAt, crypto.randomUUID()),
    });
    await stage.tell('WebAppSource', 'apps');
    return ready(await source());
  };
  const source = async () => (await stage.get(WEBAPP_SOURCE, 'apps')) as WebAppSource;
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

test('S30 a commit with two signatures is not verified by either, and what was not verified is not applied', async (t) => {
  await using ana = await makeSshKey('ana');
  await using repo = await git.make({ 'a.yaml': manifest('a') });
  await signAs(repo.clone, ana);
  const signed = await repo.clone.push({ 'a.yaml': manifest('a') });
  const raw = `${await repo.clone.git('cat-file', 'commit', signed)}\n`;
  const signature = /^gpgsig [\s\S]*?\n(?! )/m.exec(raw)?.[0] ?? '';
  t.true(signature.length > 100);
  const path = join(repo.clone.folder, 'twice');
  await writeFile(path, raw.replace(signature, signature + signature));
  const twice = await repo.clone.git('hash-object', '-t', 'commit', '-w', '--literally', path);
  await repo.clone.git('push', '--quiet', '--force', 'origin', `${twice}:refs/heads/main`);
  const stage = await openStage(t);
  const source = await stage.follow(repo.url, { verify: { sshKeys: [ana.line] } });
  t.regex(ready(source), /^False SourceNotVerified/);
  t.deepEqual(await stage.webapps(), []);
});
