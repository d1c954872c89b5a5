// The functions and the relay as real processes, under the rights that are shipped.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICE_ACCOUNTS } from '../../infra/install.ts';
import { type RunningPart, startPart } from '../../infra/local/parts.ts';
import type { TestCluster } from './control-plane.ts';

/** Secret of the webhooks, and address and processes of the parts. */
export interface RunningParts {
  readonly functions: RunningPart;
  readonly relay: RunningPart;
  readonly webhook: { readonly url: string; readonly secret: string };
  readonly logs: { readonly functions: string; readonly relay: string };
}

const SECRET = 'webhook-secret-of-the-tests';

const SETTINGS = {
  HOST: '127.0.0.1',
  PORT: '0',
  WEBHOOK_SECRET: SECRET,
  EVENT_TOKEN: 'event-token-of-the-tests',
  GIT_HOSTS: '127.0.0.1',
  TICK_INTERVAL: '5s',
};

/** Starts the functions alone. */
export async function startFunctions(cluster: TestCluster, env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-test-functions-'));
  return startOne(cluster, { name: 'functions', args: [], ready: 'Listening', env, folder });
}

/** Starts both and returns when the relay leads. A part that dies is started again. `env` overrides their settings. */
export async function startParts(
  cluster: TestCluster,
  env: Record<string, string> = {},
): Promise<RunningParts> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-test-parts-'));
  const functions = await startOne(cluster, {
    name: 'functions',
    args: [],
    ready: 'Listening',
    env,
    folder,
  });
  const relay = await startOne(cluster, {
    ...{ name: 'relay', args: ['--sink', functions.running.told], ready: 'Leading' },
    ...{ env, folder },
  });
  return {
    functions: functions.running,
    relay: relay.running,
    webhook: { url: `${functions.running.told}/webhooks/plain`, secret: SECRET },
    logs: { functions: functions.logFile, relay: relay.logFile },
  };
}

interface Started {
  readonly name: 'functions' | 'relay';
  readonly args: readonly string[];
  readonly ready: string;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

async function startOne(cluster: TestCluster, { name, args, ready, env, folder }: Started) {
  const file = join(folder, name);
  const token = await cluster.admin.tokenFor(SERVICE_ACCOUNTS[name]);
  await writeFile(file, cluster.kubeconfigText(token));
  const logFile = join(folder, `${name}.log`);
  const told = ({ msg, address }: { msg?: string; address?: string }) =>
    msg === ready ? (address ?? '') : undefined;
  const settings = { ...SETTINGS, ...env };
  const part = {
    name,
    args: [name, ...args, '--kubeconfig', file],
    env: settings,
    logFile,
    ready: told,
  };
  return { logFile, running: await startPart(part, () => {}) };
}
