// Reading repositories, with the real git on the other side: what changed.
import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { GIT_LIMITS } from '../../gitops/io/git-limits.ts';
import { createRepositories } from '../../gitops/io/repository.ts';
import { fetchMain, startTestServer, told } from '../helpers/git-repo.ts';
import { listen, passOn } from '../helpers/listen.ts';

const { server, make, stop } = await startTestServer();
test.after.always(stop);

const FILES = {
  'README.md': 'r',
  'apps/a.yaml': 'a',
  'apps/b.yaml': 'b',
  'apps/x/y/z/deep.yaml': 'd',
  'apps-evil/a.yaml': 'e',
};

interface Case {
  title: string;
  change: Record<string, string | null>;
  path?: string;
  expected: string[];
}

const cases: Case[] = [
  { title: 'a changed file', change: { 'apps/a.yaml': 'A' }, expected: ['~ apps/a.yaml A'] },
  { title: 'a new file', change: { 'apps/n.yaml': 'n' }, expected: ['+ apps/n.yaml n'] },
  { title: 'a deleted file', change: { 'apps/b.yaml': null }, expected: ['- apps/b.yaml'] },
  {
    title: 'a rename',
    change: { 'apps/a.yaml': null, 'apps/c.yaml': 'a' },
    expected: ['- apps/a.yaml', '+ apps/c.yaml a'],
  },
  { title: 'an empty commit', change: {}, expected: [] },
  {
    title: 'a deep folder',
    change: { 'apps/x/y/z/deep.yaml': 'D' },
    expected: ['~ apps/x/y/z/deep.yaml D'],
  },
  {
    title: 'a folder gone',
    change: { 'apps/x/y/z/deep.yaml': null },
    expected: ['- apps/x/y/z/deep.yaml'],
  },
  {
    title: 'a folder in place of a file',
    change: { 'apps/a.yaml': null, 'apps/a.yaml/in': 'i' },
    expected: ['- apps/a.yaml', '+ apps/a.yaml/in i'],
  },
  {
    title: 'a neighbour whose name begins alike',
    change: { 'apps-evil/a.yaml': 'E' },
    expected: [],
  },
  { title: 'a change outside', change: { 'README.md': 'R' }, expected: [] },
  {
    title: 'all of the repository',
    change: { 'README.md': 'R', 'apps/a.yaml': 'A' },
    path: '',
    expected: ['~ README.md R', '~ apps/a.yaml A'],
  },
  {
    title: 'a path written otherwise',
    change: { 'apps/a.yaml': 'A' },
    path: './/apps/',
    expected: ['~ apps/a.yaml A'],
  },
  {
    title: 'a path to one file',
    change: { 'apps/a.yaml': 'A', 'apps/b.yaml': 'B' },
    path: 'apps/a.yaml',
    expected: ['~ apps/a.yaml A'],
  },
  {
    title: 'a path that appears',
    change: { 'new/a.yaml': 'n' },
    path: 'new',
    expected: ['+ new/a.yaml n'],
  },
];

for (const { title, change, path = 'apps', expected } of cases) {
  test(`changes: ${title}; cold and warm agree`, async (t) => {
    await using repo = await make(FILES);
    const warm = createRepositories();
    await fetchMain(repo.url, undefined, warm);
    await repo.clone.push(change);
    for (const from of [warm, createRepositories()]) {
      const snapshot = await fetchMain(repo.url, repo.first, from);
      t.is(snapshot.history, 'forward');
      t.deepEqual(await told(snapshot, path), expected);
    }
  });
}

test('without a commit to compare with, every file counts as added', async (t) => {
  await using repo = await make({ 'a.yaml': 'a', 'b/c.yaml': 'Grüße' });
  const snapshot = await fetchMain(repo.url);
  t.is(snapshot.history, 'first');
  t.is(snapshot.commit, repo.first);
  t.deepEqual(await told(snapshot), ['+ a.yaml a', '+ b/c.yaml Grüße']);
  t.deepEqual(
    await Promise.all(['b', 'b/c.yaml', '', 'c', 'b/c'].map((path) => snapshot.hasPath(path))),
    [true, true, true, false, false],
  );
});

test('nothing happened since', async (t) => {
  await using repo = await make(FILES);
  const snapshot = await fetchMain(repo.url, repo.first);
  t.is(snapshot.history, 'same');
  t.deepEqual(await told(snapshot), []);
  t.true(await snapshot.hasPath('apps'));
});

test('head is the commit of the branch, not of another whose name begins alike', async (t) => {
  await using repo = await make(FILES);
  await repo.clone.git('checkout', '--quiet', '-b', 'main-2');
  await repo.clone.push({ 'a.yaml': 'other' });
  await repo.clone.git('tag', 'main');
  await repo.clone.git('push', '--quiet', 'origin', 'refs/tags/main');
  t.is(
    await createRepositories().head({
      url: repo.url,
      branch: 'main',
      signal: new AbortController().signal,
    }),
    repo.first,
  );
  t.is((await fetchMain(repo.url)).commit, repo.first);
});

test('symlinks, submodules and names that no file should have are left out', async (t) => {
  await using repo = await make({ 'a.yaml': 'a' });
  await symlink('/etc/passwd', join(repo.clone.folder, 'link.yaml'));
  await symlink('.', join(repo.clone.folder, 'folder'));
  await repo.clone.git('update-index', '--add', '--cacheinfo', `160000,${repo.first},module`);
  await writeFile(join(repo.clone.folder, 'tab\t.yaml'), 'x');
  await writeFile(join(repo.clone.folder, 'back\\slash.yaml'), 'x');
  await repo.clone.push({ 'run.sh': 'x' });
  await chmod(join(repo.clone.folder, 'run.sh'), 0o755);
  await repo.clone.push({});
  const snapshot = await fetchMain(repo.url);
  const paths = (await snapshot.changedFiles('')).map(({ path }) => path);
  t.deepEqual(paths, ['a.yaml', 'back\\slash.yaml', 'run.sh']);
  t.false(await snapshot.hasPath('link.yaml'));
  t.deepEqual(await snapshot.changedFiles('folder'), []);
  await t.throwsAsync(snapshot.changedFiles('../x'), { name: 'PermanentError' });
});

test('fetches of one repository at the same time share what they download', async (t) => {
  await using repo = await make(FILES);
  const posts: string[] = [];
  using counting = await listen((request, response) => {
    if (request.method === 'POST') posts.push(String(request.url));
    return passOn(server.url, request, response);
  });
  const url = counting.url + new URL(repo.url).pathname;
  const from = createRepositories();
  await Promise.all(Array.from({ length: 4 }, () => fetchMain(url, undefined, from)));
  t.is(posts.length, 1);

  const since: (string | undefined)[] = [undefined, repo.first];
  for (const text of ['1', '2']) since.push(await repo.clone.push({ 'apps/a.yaml': text }));
  const snapshots = await Promise.all([...since, ...since].map((id) => fetchMain(url, id, from)));
  const read = await Promise.all(snapshots.map((snapshot) => told(snapshot, 'apps/a.yaml')));
  const once = [['+ apps/a.yaml 2'], ['~ apps/a.yaml 2'], ['~ apps/a.yaml 2'], []];
  t.deepEqual(read, [...once, ...once]);
});

test('a cache too small to keep anything changes nothing, and a snapshot outlives it', async (t) => {
  await using repo = await make(FILES);
  const from = createRepositories({ ...GIT_LIMITS, cacheBytes: 1 });
  const snapshot = await fetchMain(repo.url, undefined, from);
  await repo.clone.push({ 'apps/a.yaml': 'A' });
  t.deepEqual(await told(await fetchMain(repo.url, repo.first, from), 'apps'), ['~ apps/a.yaml A']);
  t.deepEqual(await told(snapshot, 'apps/a.yaml'), ['+ apps/a.yaml a']);
});
