import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { type BinarySources, findBinaries } from '../../infra/control-plane/binaries.ts';
import { binaryNames } from '../../infra/control-plane/versions.ts';
import { programText, startReleaseServer } from './release-server.ts';

const nowhere = 'http://127.0.0.1:2';
const never = new AbortController().signal;

interface Scene extends AsyncDisposable {
  folder: string;
  sources: BinarySources;
  lines: string[];
  find(signal?: AbortSignal): ReturnType<typeof findBinaries>;
  cached(): Promise<string[]>;
}

/** An empty cache, no assets, no Go, and downloads from `url`. */
async function setScene(url: string): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'binaries-test-'));
  const cache = join(folder, 'cache', 'versions');
  const sources = { cache, sites: { kubernetes: url, github: url }, go: join(folder, 'no-go') };
  const lines: string[] = [];
  return {
    folder,
    sources,
    lines,
    find: (signal = never) => findBinaries(sources, { signal, log: (line) => lines.push(line) }),
    cached: async () => (await readdir(cache).catch(() => [])).sort(),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function writePrograms(folder: string, names: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of names) await writeFile(join(folder, name), '#!/bin/sh\n', { mode: 0o755 });
}

test('KUBEBUILDER_ASSETS comes first, the cache gives the rest', async (t) => {
  await using scene = await setScene(nowhere);
  scene.sources.assets = join(scene.folder, 'assets');
  await writePrograms(scene.sources.assets, ['etcd', 'kubectl']);
  await writePrograms(scene.sources.cache, binaryNames);
  await writeFile(join(scene.sources.assets, 'kwok'), 'not executable');

  const found = await scene.find();
  for (const name of binaryNames) {
    const isAsset = ['etcd', 'kubectl'].includes(name);
    t.is(dirname(found[name]), isAsset ? scene.sources.assets : scene.sources.cache, name);
  }
});

test('what is missing is downloaded once', async (t) => {
  await using server = await startReleaseServer();
  await using scene = await setScene(server.url);

  const found = await scene.find();
  for (const name of binaryNames) t.is(await readFile(found[name], 'utf8'), programText(name));
  t.deepEqual(await scene.cached(), [...binaryNames].sort());

  const requests = server.requests.length;
  t.deepEqual(await scene.find(), found);
  t.is(server.requests.length, requests);
});

test('a download with another sha256 is refused', async (t) => {
  await using server = await startReleaseServer();
  await using scene = await setScene(server.url);
  server.forged.add('kubectl');

  const error = await t.throwsAsync(scene.find());
  t.regex(error?.message ?? '', /without kubectl\..*kubectl has sha256 [0-9a-f]{64} instead of/s);
  t.deepEqual(await scene.cached(), binaryNames.filter((name) => name !== 'kubectl').sort());
});

test('a download that breaks off is made good by the next run', async (t) => {
  await using server = await startReleaseServer();
  await using scene = await setScene(server.url);
  server.broken.set('kube-scheduler', 'cut');

  await t.throwsAsync(scene.find(), { message: /kube-scheduler broke off/ });
  t.false((await scene.cached()).includes('kube-scheduler'));
  server.broken.clear();
  await scene.find();
  t.deepEqual(await scene.cached(), [...binaryNames].sort());
});

test('a run that is stopped leaves nothing unfinished', async (t) => {
  await using server = await startReleaseServer();
  await using scene = await setScene(server.url);
  server.broken.set('kube-apiserver', 'stuck');
  const stop = new AbortController();

  const run = scene.find(stop.signal);
  while (!server.requests.some((path) => path.endsWith('/kube-apiserver'))) await tick();
  stop.abort(new Error('enough'));
  await t.throwsAsync(run, { message: 'enough' });
  t.deepEqual(await scene.cached(), ['etcd']);
});

test('what a killed run left unfinished is thrown away', async (t) => {
  await using server = await startReleaseServer();
  await using scene = await setScene(server.url);
  await writePrograms(join(scene.sources.cache, 'unfinished-1'), ['etcd']);

  await scene.find();
  t.deepEqual(await scene.cached(), [...binaryNames].sort());
});

test('of two runs at once one downloads and the other says that it waits', async (t) => {
  await using server = await startReleaseServer();
  await using scene = await setScene(server.url);

  const [first, second] = await Promise.all([scene.find(), scene.find()]);
  t.deepEqual(first, second);
  t.is(new Set(server.requests).size, server.requests.length);
  t.is(scene.lines.filter((line) => line.includes('waiting for another process')).length, 1);
});

test('the lock of a process that is gone does not block', async (t) => {
  await using server = await startReleaseServer();
  await using scene = await setScene(server.url);
  await mkdir(dirname(scene.sources.cache), { recursive: true });
  const noPid = 2 ** 22 + 1;
  await symlink(`${noPid}-x`, `${scene.sources.cache}.lock`);

  await t.notThrowsAsync(scene.find());
});

test('what cannot be downloaded is built with Go', async (t) => {
  await using server = await startReleaseServer();
  await using scene = await setScene(server.url);
  for (const name of ['etcd', 'kubectl']) server.forged.add(name);
  server.broken.set('kwok', 'cut');
  scene.sources.sites.github = nowhere;
  scene.sources.go = join(scene.folder, 'go');
  await writeFile(scene.sources.go, fakeGo);
  await chmod(scene.sources.go, 0o755);

  const found = await scene.find();
  t.is(await readFile(found['kube-scheduler'], 'utf8'), programText('kube-scheduler'));
  t.regex(await readFile(found.etcd, 'utf8'), /require go.etcd.io\/etcd\/server\/v3 v3/);
  t.regex(await readFile(found.kwok, 'utf8'), /require sigs.k8s.io\/kwok v0/);
  const wrapper = await readFile(found.kubectl, 'utf8');
  t.regex(wrapper, /^require k8s.io\/kubernetes v1\.37\.2$/m);
  t.regex(wrapper, /^replace k8s.io\/api => k8s.io\/api v0\.37\.2$/m);
  t.notRegex(wrapper, /yaml/);
});

// Each "program" it builds is a copy of the go.mod it was built from.
const fakeGo = `#!/bin/sh
if [ "$1" = mod ]; then
  printf 'require (\\n\\tk8s.io/api v0.0.0\\n\\tsigs.k8s.io/yaml v1.6.0\\n)\\n' > theirs.mod
  echo "{\\"GoMod\\": \\"$PWD/theirs.mod\\"}"
  exit
fi
for last; do :; done
cp go.mod "$PWD/$(basename "\${last%/v3}")"
`;

test('when nothing can be had, one message says what was tried and what helps', async (t) => {
  await using scene = await setScene(nowhere);

  const error = await t.throwsAsync(scene.find());
  t.is(
    error?.message,
    `The control plane cannot start without ${binaryNames.join(', ')}. What was tried:
  KUBEBUILDER_ASSETS: not set
  download: 127.0.0.1:2 cannot be reached (ECONNREFUSED)
  build: Go is not installed
One of three ways helps: set KUBEBUILDER_ASSETS to a folder that holds them,
allow downloads from 127.0.0.1:2 and github.com, or install Go 1.26 or newer.`,
  );
});

const tick = () => new Promise((resolve) => setTimeout(resolve, 10));
