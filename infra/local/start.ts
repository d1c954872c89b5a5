// `npm start`: the whole product on this machine, told as a story. Everything it starts ends with it.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Cluster } from '@kubernetes/client-node';
import { loadKubeConfig } from '../../functions/kube-config.ts';
import { createLog } from '../../functions/log.ts';
import { messageOf } from '../../gitops/errors.ts';
import { NAMESPACE, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { kubeconfigText } from '../control-plane/kubeconfig.ts';
import { startGitServer } from '../git-server.ts';
import { Installation, SERVICE_ACCOUNTS } from '../install.ts';
import { type OpenCluster, openCluster, type Scene } from './open-cluster.ts';
import { parseOptions, type StartOptions } from './options.ts';
import { type RunningPart, startPart } from './parts.ts';
import { Story } from './story.ts';
import { usage } from './usage.ts';
import { Watcher } from './watcher.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SAMPLE = join(ROOT, 'examples', 'sample');
const SOURCE = 'sample';
const EXIT_INTERRUPTED = 130;

async function main(options: StartOptions, signal: AbortSignal): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const story = new Story();
  const scene: Scene = { story, stack, signal, state: resolve(options.state) };
  await mkdir(scene.state, { recursive: true });
  const cluster = await openCluster(options, scene);
  // A kubeconfig of a cluster that is gone, or of somebody else's, is of no use to anybody.
  stack.defer(() => rm(cluster.kubeconfig, { force: true }));
  const admin = await prepare(cluster, scene);
  const { functions, relay, secret } = await startParts(cluster, admin, scene);
  const git = await serveSample(functions.told, secret, scene);
  const watcher = await followSample(options, { admin, git, cluster }, scene);
  const count = await Promise.race([watcher.allReady(options.timeoutMs), ended(cluster, signal)]);
  if (count === undefined) return;
  story.done(`all ${count} WebApps are Ready; time since the start:`, story.elapsed(), 'allReady');
  const places = { ...cluster, git, functions: functions.told, namespace: options.namespace };
  const pids = { functions: functions.pid(), relay: relay.pid() };
  const summary = { seconds: story.seconds, ...places, pids, lost: undefined };
  await writeFile(join(scene.state, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  if (options.once) return;
  story.say(usage(places));
  await ended(cluster, signal);
  story.say('► ending everything that was started');
}

/** Installs what the functions need, and takes it out of a borrowed cluster at the end. */
async function prepare(cluster: OpenCluster, { story, stack }: Scene): Promise<Installation> {
  const admin = new Installation(loadKubeConfig({ kubeconfig: cluster.kubeconfig }));
  stack.defer(() => admin.close());
  const made = await story.step(
    'install',
    () => admin.install(),
    () => 'CRDs and rights installed',
  );
  if (cluster.borrowed) stack.defer(() => admin.uninstall(made));
  return admin;
}

/** Each part has the rights of its own ServiceAccount, as it would in production. */
async function startParts(
  { kubeconfig }: OpenCluster,
  admin: Installation,
  { story, stack, state }: Scene,
) {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-parts-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const config = loadKubeConfig({ kubeconfig }).getCurrentCluster();
  const ca = await authorityOf(config);
  const env = {
    HOST: '127.0.0.1',
    PORT: '0',
    WEBHOOK_SECRET: randomBytes(24).toString('hex'),
    // The Git server of the demo, and whatever is meant to be followed besides.
    GIT_HOSTS: '127.0.0.1,localhost,public',
    EVENT_TOKEN: randomBytes(24).toString('hex'),
    TICK_INTERVAL: '15s',
  };
  const start = async (
    name: keyof typeof SERVICE_ACCOUNTS,
    args: string[],
    ready: string,
  ): Promise<RunningPart> => {
    const account = SERVICE_ACCOUNTS[name];
    const file = join(folder, name);
    const token = await admin.tokenFor(account);
    await writeFile(
      file,
      kubeconfigText({ server: config?.server ?? '', ca, token, user: account }),
      { mode: 0o600 },
    );
    const logFile = join(state, `${name}.log`);
    await rm(logFile, { force: true });
    const part = { name, args: [name, ...args, '--kubeconfig', file], env, logFile };
    const told = ({ msg, address }: { msg?: string; address?: string }) =>
      msg === ready ? (address ?? '') : undefined;
    const running = await startPart({ ...part, ready: told }, (gone) =>
      story.say(`⚠ ${gone} died; started again`),
    );
    stack.defer(() => running.stop());
    return running;
  };
  const functions = await story.step(
    'functions',
    () => start('functions', [], 'Listening'),
    ({ told }) => `functions at ${told}`,
  );
  const relay = await story.step(
    'relay',
    () => start('relay', ['--sink', functions.told], 'Leading'),
    () => 'relay elected; it posts the cluster’s events to the functions',
  );
  return { functions, relay, secret: env.WEBHOOK_SECRET };
}

/** A kubeconfig holds the authority's certificate, or names its file, or leaves it to the system (''). */
async function authorityOf(cluster: Cluster | null): Promise<string> {
  if (cluster?.caData) return Buffer.from(cluster.caData, 'base64').toString();
  return cluster?.caFile ? readFile(cluster.caFile, 'utf8') : '';
}

/** Serves the sample as a repository whose pushes are told to the functions. Returns its address. */
async function serveSample(
  functions: string,
  secret: string,
  { story, stack }: Scene,
): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'webapp-git-'));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const start = async () => {
    const server = stack.use(
      await startGitServer({ root, webhook: { url: `${functions}/webhooks/plain`, secret } }),
    );
    return server.createRepository('sample', await filesBelow(SAMPLE));
  };
  return story.step('git', start, (url) => `Git server with the sample at ${url}`);
}

async function filesBelow(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const read = async (file: string) =>
    [file.slice(folder.length + 1), await readFile(file, 'utf8')] as const;
  return Object.fromEntries(await Promise.all(files.map(read)));
}

/** Makes the WebAppSource, and starts to tell what comes of it. */
async function followSample(
  { namespace }: StartOptions,
  { admin, git, cluster }: { admin: Installation; git: string; cluster: OpenCluster },
  { story, stack }: Scene,
): Promise<Watcher> {
  story.say(`► following main of ${git}, folders apps and policies, in namespace ${namespace}`);
  const key = { namespace, name: SOURCE };
  const made = await admin.ensureNamespace(namespace);
  if (made && cluster.borrowed) stack.defer(() => admin.cluster.delete(NAMESPACE, made));
  const watcher = new Watcher(story, key);
  const over = new AbortController();
  const watching = watcher.run(admin.api, over.signal, createLog('silent'));
  stack.defer(async () => {
    over.abort();
    await watching;
  });
  const { apiVersion, kind } = WEBAPP_SOURCE;
  const source = {
    apiVersion,
    kind,
    metadata: key,
    spec: {
      url: git,
      branch: 'main',
      path: 'apps',
      policies: { path: 'policies' },
      interval: '1m',
    },
  };
  await admin.cluster.apply(WEBAPP_SOURCE, source, { manager: 'webapp-start', live: 'any' });
  return watcher;
}

/** Returns when the user or the cluster ends it; throws when it was the cluster. */
async function ended({ lost }: OpenCluster, signal: AbortSignal): Promise<undefined> {
  const over = AbortSignal.any([lost, signal]);
  if (!over.aborted) await once(over, 'abort');
  lost.throwIfAborted();
}

const end = new AbortController();
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'])
  process.once(event, () => end.abort());
let code = 0;
try {
  await main(parseOptions(process.argv.slice(2)), end.signal);
} catch (error) {
  // Whatever an interrupted step says of it, the reader knows why it ended.
  if (!end.signal.aborted) process.stderr.write(`✗ ${messageOf(error)}\n`);
  code = end.signal.aborted ? EXIT_INTERRUPTED : 1;
}
process.exit(code);
