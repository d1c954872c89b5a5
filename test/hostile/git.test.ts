// Repositories, and servers of repositories, that mean harm.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { startTestServer, type TestRepository } from '../helpers/git-repo.ts';
import { listen } from '../helpers/listen.ts';
import { manifest } from './manifest.ts';
import { makeSource, openStage, ready } from './stage.ts';

let git: Awaited<ReturnType<typeof startTestServer>>;
test.before(async () => {
  git = await startTestServer();
});
test.after.always(() => git?.stop());

/** Commits a tree of any names, as `git mktree` takes it, in place of the branch. */
async function commitTree({ folder }: TestRepository, entries: readonly string[]): Promise<void> {
  const run = async (args: string[], input = '') => {
    const child = spawn('git', ['-C', folder, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    // Not every command reads it to its end.
    child.stdin.on('error', () => {}).end(input);
    return (await text(child.stdout)).trim();
  };
  const lines: string[] = [];
  for (const entry of entries) {
    const [mode = '', name = '', content = ''] = entry.split('|');
    const type = mode === '040000' ? 'tree' : 'blob';
    const id =
      type === 'tree'
        ? await run(
            ['mktree', '-z'],
            `100644 blob ${await run(['hash-object', '-w', '--stdin'], content)}\tapp.yaml\0`,
          )
        : await run(['hash-object', '-w', '--stdin'], content);
    lines.push(`${mode} ${type} ${id}\t${name}\0`);
  }
  const tree = await run(['mktree', '-z'], lines.join(''));
  const who = ['-c', 'user.name=x', '-c', 'user.email=x@x'];
  const commit = await run([...who, 'commit-tree', '-m', 'x', tree]);
  await run(['update-ref', 'refs/heads/main', commit]);
}

test('S19 a path that leads out of the repository is refused when it is written', async (t) => {
  const { cluster, namespace } = await openStage(t);
  for (const path of ['..', '../x', 'a/../../x', '/etc', '/', 'a/..']) {
    const made = makeSource(
      cluster,
      { namespace, name: 'apps' },
      { url: 'https://x.example/y', path },
    );
    await t.throwsAsync(made, { message: /must lie inside the repository/ }, path);
  }
});

test('S19 a path that only looks alike is not the folder: no WebApp of a neighbour is applied', async (t) => {
  await using repo = await git.make({
    'repo-evil/a.yaml': manifest('evil'),
    'b.yaml': manifest('b'),
  });
  for (const path of ['repo', '%2e%2e', 'repo-evi', 'repo\u0000-evil', './/repo', 'REPO-EVIL']) {
    const stage = await openStage(t);
    const made = stage.follow(repo.url, { path }).then(ready, (error: Error) => error.message);
    t.regex(await made, /PathNotFound|control|invalid/i, JSON.stringify(path));
    t.deepEqual(await stage.webapps(), []);
  }
});

test('S20 symlinks to files, folders and each other are no files: nothing is read through them', async (t) => {
  await using repo = await git.make({ 'x.yaml': 'x' });
  await commitTree(repo, [
    `100644|good.yaml|${manifest('good')}`,
    '120000|link.yaml|/var/run/secrets/kubernetes.io/serviceaccount/token',
    '120000|proc.yaml|/proc/self/environ',
    '120000|git.yaml|.git/config',
    '120000|chain.yaml|link.yaml',
    '120000|round|round',
    '120000|up|..',
  ]);
  const stage = await openStage(t);
  t.regex(ready(await stage.follow(repo.url)), /^True/);
  t.deepEqual(await stage.webapps(), ['good']);
});

test('S21 names that a checkout would stumble over write nothing: there is no checkout', async (t) => {
  await using repo = await git.make({ 'x.yaml': 'x' });
  const names = [
    '.GIT',
    'git~1',
    '.git::$INDEX_ALLOCATION',
    '.g\u200cit',
    '..\\x',
    'aux',
    'a:b',
    '-rf',
  ];
  await commitTree(repo, [
    `100644|good.yaml|${manifest('good')}`,
    ...names.map((name, index) => `040000|${name}|${manifest(`odd-${index}`)}`),
  ]);
  const stage = await openStage(t);
  t.regex(ready(await stage.follow(repo.url)), /^True/);
  const made = await stage.webapps();
  t.true(made.includes('good'));
  // Read from the object store like any other, but for the name of Git's own folder.
  t.false(made.includes('odd-0'));
});

test('S22 submodules and LFS are never fetched', async (t) => {
  const heard: string[] = [];
  using other = await listen((request, response) => {
    heard.push(String(request.url));
    response.writeHead(404).end();
  });
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 99\n`;
  await using repo = await git.make({
    'good.yaml': manifest('good'),
    'lfs.yaml': pointer,
    '.lfsconfig': `[lfs]\n  url = ${other.url}\n`,
    '.gitmodules': `[submodule "m"]\n  path = m\n  url = ${other.url}/m.git\n`,
  });
  await repo.clone.git('update-index', '--add', '--cacheinfo', `160000,${repo.first},m`);
  await repo.clone.git('commit', '--quiet', '-m', 'module');
  await repo.clone.git('push', '--quiet', 'origin', 'HEAD');
  const stage = await openStage(t);
  await stage.follow(repo.url);
  t.deepEqual(await stage.webapps(), ['good']);
  t.deepEqual(heard, []);
});

test('S19 a path too long for a status is told by its beginning, and stops no other', async (t) => {
  await using repo = await git.make({ 'good.yaml': manifest('good') });
  const blob = await repo.clone.git('rev-parse', 'HEAD:good.yaml');
  const path = `${Array(20).fill('d'.repeat(220)).join('/')}/long.yaml`;
  await repo.clone.git('update-index', '--add', '--cacheinfo', `100644,${blob},${path}`);
  await repo.clone.git('commit', '--quiet', '-m', 'long');
  await repo.clone.git('push', '--quiet', 'origin', 'HEAD');
  const stage = await openStage(t);
  const { status } = await stage.follow(repo.url);
  t.deepEqual(await stage.webapps(), ['good']);
  const [problem] = status.problems ?? [];
  t.is(problem?.path, path.slice(0, 4_096));
  t.is(problem?.message, 'the path is longer than 4096 characters; shorten it');
});

test('S24 branches that are options, paths or no names are refused, and no server is asked', async (t) => {
  const heard: string[] = [];
  using server = await listen((request, response) => {
    heard.push(String(request.url));
    response.writeHead(404).end();
  });
  const names = [
    '--upload-pack=x',
    '../x',
    'a/../../x',
    '@{-1}',
    'a..b',
    '/a',
    'a//b',
    'a/',
    'x.lock',
    '.x',
    'a/.x',
    '@',
    'x.',
  ];
  for (const branch of names) {
    const stage = await openStage(t);
    t.regex(ready(await stage.follow(server.url, { branch })), /^False InvalidSource/, branch);
  }
  const { cluster, namespace } = await openStage(t);
  for (const branch of ['x'.repeat(10_240), 'a b', 'a\nb', 'a^', 'a~1', 'a:b', '*']) {
    const made = makeSource(cluster, { namespace, name: 'apps' }, { url: server.url, branch });
    await t.throwsAsync(made, { message: /spec\.branch/ }, branch.slice(0, 10));
  }
  t.deepEqual(heard, []);
});

test('S24 a server whose symbolic refs go in a circle tells no branch by them', async (t) => {
  const line = (words: string) => (words.length + 4).toString(16).padStart(4, '0') + words;
  using server = await listen((request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
    const first = `${'a'.repeat(40)} HEAD\0symref=HEAD:refs/heads/a symref=refs/heads/a:HEAD agent=x\n`;
    const body = request.url?.includes('info/refs')
      ? `${line('# service=git-upload-pack\n')}0000${line(first)}0000`
      : '';
    response.end(body);
  });
  const stage = await openStage(t);
  t.regex(ready(await stage.follow(server.url, { branch: 'a' })), /^False GitBranchNotFound/);
});
