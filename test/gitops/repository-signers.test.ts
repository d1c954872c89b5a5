// Branches whose commits must be signed, fetched over HTTP; signed by the real git.
import test from 'ava';
import { createRepositories } from '../../gitops/io/repository.ts';
import { type Repositories, SetBackNotVerified, type Signers } from '../../gitops/repository.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { makeSshKey, type SshKey, signAs, signNoMore } from '../helpers/signing.ts';

const { make, stop } = await startTestServer();
let ana: SshKey;
let eve: SshKey;
test.before(async () => {
  [ana, eve] = [await makeSshKey('ana'), await makeSshKey('eve')];
});
test.after.always(async () => {
  await stop();
  for (const key of [ana, eve]) await key[Symbol.asyncDispose]();
});

const by = (mode: Signers['mode']): Signers => ({ mode, sshKeys: [ana.line] });

interface Asked {
  readonly signers: Signers;
  /** The commit that was applied, and so was found good. */
  readonly since?: string;
  readonly tried?: string;
  /** Read all files, whatever was applied. */
  readonly whole?: boolean;
  readonly from?: Repositories;
}

function fetch(url: string, { from = createRepositories(), signers, since, tried, whole }: Asked) {
  const { signal } = new AbortController();
  const request = { url, branch: 'main', signal, signers: { ...signers, ...(since && { since }) } };
  return from.fetch({ ...request, ...(tried && { tried }), ...(since && !whole && { since }) });
}

const refused = { name: 'PermanentError' };

test('a head that is signed by a listed key is read, and says by whom', async (t) => {
  const { url, clone } = await make({ 'a.yaml': 'a' });
  await signAs(clone, ana);
  await clone.push({ 'a.yaml': 'b' });
  const { signer } = await fetch(url, { signers: by('head') });
  t.regex(signer ?? '', /^the SSH key SHA256:/);
});

test('a head that is not signed, or by another key, is not read', async (t) => {
  const { url, clone, first } = await make({ 'a.yaml': 'a' });
  const message = `commit ${first}: it is not signed`;
  await t.throwsAsync(fetch(url, { signers: by('head') }), { ...refused, message });
  await signAs(clone, eve);
  await clone.push({ 'a.yaml': 'b' });
  const other = fetch(url, { signers: by('head') });
  await t.throwsAsync(other, { ...refused, message: /: the SSH key SHA256:\S+ is not listed$/ });
});

test('with history every commit since counts, and those before do not', async (t) => {
  const { url, clone } = await make({ 'a.yaml': 'a' });
  await signAs(clone, ana);
  const since = await clone.push({ 'a.yaml': 'b' });
  await clone.push({ 'a.yaml': 'c' });
  t.is((await fetch(url, { signers: by('history'), since })).history, 'forward');
  t.is((await fetch(url, { signers: by('history') })).history, 'first');
  await signNoMore(clone);
  const bad = await clone.commit({ 'a.yaml': 'd' });
  await signAs(clone, ana);
  const head = await clone.push({ 'a.yaml': 'e' });
  t.is((await fetch(url, { signers: by('head'), since })).commit, head);
  const message = `commit ${bad}: it is not signed`;
  for (const whole of [false, true]) {
    const asked = { signers: by('history'), since, whole };
    await t.throwsAsync(fetch(url, asked), { ...refused, message });
  }
});

test('with history a signed merge hides no commit of its branch', async (t) => {
  const { url, clone } = await make({ 'a.yaml': 'a' });
  await signAs(clone, ana);
  const fork = await clone.push({ 'a.yaml': 'b' });
  const since = await clone.push({ 'a.yaml': 'c' });
  await clone.git('checkout', '--quiet', '-b', 'topic', fork);
  await signNoMore(clone);
  const bad = await clone.commit({ 'b.yaml': 'b' });
  await clone.git('checkout', '--quiet', 'main');
  await signAs(clone, ana);
  await clone.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'topic');
  await clone.git('push', '--quiet', 'origin', 'main');
  const message = `commit ${bad}: it is not signed`;
  const [cold, warm] = [createRepositories(), createRepositories()];
  await t.throwsAsync(fetch(url, { signers: by('history'), since, from: cold }), {
    ...refused,
    message,
  });
  const { signal } = new AbortController();
  await warm.fetch({ url, branch: 'main', signal, since: fork });
  await t.throwsAsync(fetch(url, { signers: by('history'), since, from: warm }), {
    ...refused,
    message,
  });
  t.truthy(await fetch(url, { signers: by('head'), since, from: warm }));
});

test('with history a branch that was set back is refused as one that may be a replica that is behind', async (t) => {
  const { url, clone } = await make({ 'a.yaml': 'a' });
  await signAs(clone, ana);
  const old = await clone.push({ 'a.yaml': 'b' });
  const since = await clone.push({ 'a.yaml': 'c' });
  const [cold, warm] = [createRepositories(), createRepositories()];
  await fetch(url, { signers: by('history'), since: old, from: warm });
  await clone.git('push', '--quiet', '--force', 'origin', `${old}:main`);
  for (const from of [cold, warm])
    for (const whole of [false, true]) {
      const asked = fetch(url, { signers: by('history'), since, tried: since, whole, from });
      const error = await t.throwsAsync(asked, { instanceOf: SetBackNotVerified, ...refused });
      t.like(error, { reason: 'SourceNotVerified', commit: old });
    }
});

test('with history a branch that was rewritten waits for a person', async (t) => {
  const { url, clone, first } = await make({ 'a.yaml': 'a' });
  await signAs(clone, ana);
  const since = await clone.push({ 'a.yaml': 'b' });
  await clone.git('reset', '--quiet', '--hard', first);
  await clone.commit({ 'a.yaml': 'c' });
  await clone.git('push', '--quiet', '--force', 'origin', 'HEAD:main');
  const message = /^the branch was rewritten, or too much lies between it and /;
  const asked = fetch(url, { signers: by('history'), since, tried: since });
  const error = await t.throwsAsync(asked, { ...refused, message });
  t.false(error instanceof SetBackNotVerified);
  t.is((await fetch(url, { signers: by('head'), since })).history, 'rewritten');
});
