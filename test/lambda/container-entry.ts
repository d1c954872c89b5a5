// The entry of the image: the bundle as one process, with a kubeconfig, an address and timers of its own.
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

/** Starts the bundle from this folder. */
export async function openContainer(dist: string, kubeconfig: string): Promise<Deployed> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-container-'));
  const KUBECONFIG = join(folder, 'kubeconfig');
  await writeFile(KUBECONFIG, kubeconfig, { mode: 0o600 });
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
    [Symbol.asyncDispose]: async () => {
      running.kill('SIGTERM');
      if (running.exitCode === null) await once(running, 'exit');
    },
  };
}
