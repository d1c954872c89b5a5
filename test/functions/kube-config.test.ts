import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { loadKubeConfig } from '../../functions/kube-config.ts';

const folder = await mkdtemp(join(tmpdir(), 'webapp-kubeconfig-'));
const file = join(folder, 'config');
const empty = join(folder, 'empty');
const named = (name: string) => ({ name, cluster: { server: `https://${name}.example.org` } });
const context = (name: string) => ({ name, context: { cluster: name, user: 'me' } });
await writeFile(
  file,
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: ['one', 'two'].map(named),
    users: [{ name: 'me', user: { token: 't' } }],
    contexts: ['one', 'two'].map(context),
    'current-context': 'one',
  }),
);
await writeFile(empty, JSON.stringify({ apiVersion: 'v1', kind: 'Config' }));
test.after.always(() => rm(folder, { recursive: true }));

const chosen: { title: string; choice: Parameters<typeof loadKubeConfig>[0]; want: string }[] = [
  { title: 'the current context', choice: { kubeconfig: file }, want: 'https://one.example.org' },
  {
    title: 'a context by name',
    choice: { kubeconfig: file, context: 'two' },
    want: 'https://two.example.org',
  },
];

for (const { title, choice, want } of chosen) {
  test(`kubeconfig: ${title}`, (t) => {
    t.is(loadKubeConfig(choice).getCurrentCluster()?.server, want);
  });
}

const missing = join(folder, 'none');
const refused: { title: string; choice: Parameters<typeof loadKubeConfig>[0]; want: string }[] = [
  {
    title: 'a file that is not there',
    choice: { kubeconfig: missing },
    want: `there is no kubeconfig at ${missing}`,
  },
  {
    title: 'a context that is not there',
    choice: { kubeconfig: file, context: 'three' },
    want: 'the kubeconfig has no context three; it has one, two',
  },
  {
    title: 'a file without contexts',
    choice: { kubeconfig: empty, context: 'one' },
    want: 'the kubeconfig has no context one; it has none',
  },
];

for (const { title, choice, want } of refused) {
  test(`kubeconfig: ${title}`, (t) => {
    t.throws(() => loadKubeConfig(choice), { message: want });
  });
}

test.serial('kubeconfig: KUBECONFIG where no file is given, a file before it', (t) => {
  withEnvironment({ KUBECONFIG: file }, () => {
    t.is(loadKubeConfig().getCurrentCluster()?.server, 'https://one.example.org');
    t.is(loadKubeConfig({ context: 'two' }).getCurrentContext(), 'two');
    t.throws(() => loadKubeConfig({ kubeconfig: missing }));
  });
});

test.serial('kubeconfig: without any choice no cluster is guessed', (t) => {
  withEnvironment(
    { KUBECONFIG: undefined, KUBERNETES_SERVICE_HOST: undefined, HOME: folder },
    () => {
      t.throws(() => loadKubeConfig(), { message: /^no cluster: set KUBECONFIG/ });
    },
  );
});

test.serial(
  'kubeconfig: a context alone is one of the kubeconfig in the home folder',
  async (t) => {
    const home = await mkdtemp(join(tmpdir(), 'webapp-home-'));
    t.teardown(() => rm(home, { recursive: true }));
    const own = join(home, '.kube', 'config');
    const open = (name: string) =>
      withEnvironment({ KUBECONFIG: undefined, HOME: home }, () => {
        return loadKubeConfig({ context: name }).getCurrentCluster()?.server;
      });
    t.throws(() => open('two'), { message: `there is no kubeconfig at ${own}` });
    // Names that the library would have made up.
    t.throws(() => open('loaded-context'), { message: `there is no kubeconfig at ${own}` });
    await mkdir(join(home, '.kube'));
    await copyFile(file, own);
    t.is(open('two'), 'https://two.example.org');
  },
);

function withEnvironment<T>(variables: Record<string, string | undefined>, run: () => T): T {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const set = ([name, value]: readonly [string, string | undefined]) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  Object.entries(variables).forEach(set);
  try {
    return run();
  } finally {
    before.forEach(set);
  }
}
