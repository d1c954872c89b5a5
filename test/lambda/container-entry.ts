// The entry of the image: the bundle as one process, with a kubeconfig, an address and timers of its own.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { overHttp, TOKEN, WEBHOOK_SECRET } from '../helpers/functions-entries.ts';
import { type Child, startChild } from './child.ts';
import type { Deployed } from './deployed.ts';
import { SENDER } from './world.ts';

const SETTINGS = {
  ...SENDER,
  HOST: '127.0.0.1',
  PORT: '0',
  EVENT_TOKEN: TOKEN,
  WEBHOOK_SECRET,
  GIT_HOSTS: '127.0.0.1',
};

async function kubeconfigFile(kubeconfig: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'webapp-container-')), 'kubeconfig');
  await writeFile(file, kubeconfig, { mode: 0o600 });
  return file;
}

/** Starts the relay from the bundle in this folder; returns when it leads, and so watches. */
export async function startRelay(
  dist: string,
  kubeconfig: string,
  sink: string,
): Promise<AsyncDisposable> {
  const { process: running } = await startChild({
    command: [process.execPath, join(dist, 'webapp.cjs'), 'relay', '--sink', sink],
    env: { EVENT_TOKEN: TOKEN, KUBECONFIG: await kubeconfigFile(kubeconfig) },
    ready: /"msg":"Leading"/,
  });
  return { [Symbol.asyncDispose]: () => end(running) };
}

async function end(running: ChildProcess): Promise<void> {
  running.kill('SIGTERM');
  if (running.exitCode === null) await once(running, 'exit');
}

/** Starts the bundle from this folder. */
export async function openContainer(dist: string, kubeconfig: string): Promise<Deployed> {
  const KUBECONFIG = await kubeconfigFile(kubeconfig);
  const child = await startChild({
    command: [process.execPath, join(dist, 'container.cjs')],
    env: { ...SETTINGS, KUBECONFIG },
    ready: /"address":"(http:[^"]+)"/,
  });
  return deployedAt(child.told, child);
}

/** Returns the functions of a container that listens at this address. */
export function deployedAt(url: string, { process: running }: Child): Deployed {
  const send = overHttp(url);
  const authorization = `Bearer ${TOKEN}`;
  return {
    send,
    tick: async () => (await send({ path: '/tick', headers: { authorization } })).body,
    visit: async (body) => {
      const headers = { authorization, 'content-type': 'application/cloudevents+json' };
      const { status } = await send({ path: '/events', headers, body });
      return status < 300 ? 'done' : 'again';
    },
    [Symbol.asyncDispose]: () => end(running),
  };
}
