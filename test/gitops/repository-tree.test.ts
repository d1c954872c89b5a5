// Reading single commits: what a review compares.
import test from 'ava';
import { createRepositories } from '../../gitops/io/repository.ts';
import type { Snapshot, TreeRequest } from '../../gitops/repository.ts';
import { cloneRepository, startTestServer } from '../helpers/git-repo.ts';

const { make, stop } = await startTestServer();
test.after.always(stop);

const read = (url: string, more: Partial<TreeRequest>) =>
  createRepositories().tree({ url, branch: 'main', signal: AbortSignal.timeout(20_000), ...more });

const paths = async (snapshot: Snapshot) => (await snapshot.files('')).map(({ path }) => path);

test('the head of a pull request, the branch and a commit in between are read as they are', async (t) => {
  await using repository = await make({ 'a.yaml': 'a' });
  await using clone = await cloneRepository(repository.url);
  const first = await clone.git('rev-parse', 'HEAD');
  await clone.push({ 'b.yaml': 'b' });
  await clone.git('checkout', '--quiet', '-b', 'change', first);
  const proposed = await clone.commit({ 'c.yaml': 'c' });
  await clone.git('push', '--quiet', 'origin', 'HEAD:refs/pull/7/head');

  const number = 7;
  const head = await read(repository.url, { pullRequest: { number, namespace: 'pull' } });
  t.is(head.commit, proposed);
  t.deepEqual(await paths(head), ['a.yaml', 'c.yaml']);
  t.deepEqual(await paths(await read(repository.url, {})), ['a.yaml', 'b.yaml']);
  const base = await read(repository.url, { commit: first });
  t.deepEqual(await paths(base), ['a.yaml']);
  const [file] = await base.files('');
  t.is(await base.readText(file?.blob ?? ''), 'a');
});

test('a pull request that does not exist is an error that names it', async (t) => {
  await using repository = await make({ 'a.yaml': 'a' });
  const asked = read(repository.url, { pullRequest: { number: 9, namespace: 'merge-requests' } });
  await t.throwsAsync(asked, { message: /refs\/merge-requests\/9\/head/ });
});
