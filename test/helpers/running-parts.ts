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

/** Starts both and returns when the relay leads. A part that dies is started again. `env` overrides their settings. */
export async function startParts(
  cluster: TestCluster,
  env: Record<string, string> = {},
): Promise<RunningParts> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-test-parts-'));
  const settings = {
    HOST: '127.0.0.1',
    PORT: '0',
    WEBHOOK_SECRET: SECRET,
    GIT_HOSTS: '127.0.0.1',
    EVENT_TOKEN: 'event-token-of-the-tests',
    TICK_INTERVAL: '5s',
    ...env,
  };
  const start = async (name: 'functions' | 'relay', args: string[], ready: string) => {
    const file = join(folder, name);
    await writeFile(
      file,
      cluster.kubeconfigText(await cluster.admin.tokenFor(SERVICE_ACCOUNTS[name])),
    );
    const logFile = join(folder, `${name}.log`);
    const told = ({ msg, address }: { msg?: string; address?: string }) =>
      msg === ready ? (address ?? '') : undefined;
    const part = {
      name,
      args: [name, ...args, '--kubeconfig', file],
      env: settings,
      logFile,
      ready: told,
    };
    return { logFile, running: await startPart(part, () => {}) };
  };
  const functions = await start('functions', [], 'Listening');
  const relay = await start('relay', ['--sink', functions.running.told], 'Leading');
  return {
    functions: functions.running,
    relay: relay.running,
    webhook: { url: `${functions.running.told}/webhooks/plain`, secret: SECRET },
    logs: { functions: functions.logFile, relay: relay.logFile },
  };
}
