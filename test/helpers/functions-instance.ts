// The functions as a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { TestCluster } from './control-plane.ts';
import { TOKEN } from './functions-entries.ts';

const ENTRY = join(import.meta.dirname, '..', '..', 'functions', 'container.ts');

/** One process, on a port of its own. */
export class Instance {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Starts it with these variables and returns when it listens. */
  static async start(env: Readonly<Record<string, string>>): Promise<Instance> {
    const child = spawn(process.execPath, [ENTRY], {
      env: { ...process.env, HOST: '127.0.0.1', PORT: '0', ...env },
      // The channel ends them with this process.
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const output = child.stdout as Readable;
    const url = await addressIn(output);
    // Else it would wait for somebody to read its log.
    output.resume();
    return new Instance(child, url);
  }

  /** Returns when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}

async function addressIn(log: Readable): Promise<string> {
  for await (const line of createInterface({ input: log })) {
    const { msg, address } = JSON.parse(line);
    if (msg === 'Listening') return address;
  }
  throw new Error('an instance ended before it listened');
}

/** Returns the variables by which an instance works on the cluster under one of the shipped ServiceAccounts. */
export async function environmentOf(
  cluster: TestCluster,
  account: string,
): Promise<Readonly<Record<string, string>>> {
  const KUBECONFIG = join(await mkdtemp(join(tmpdir(), 'webapp-instance-')), 'kubeconfig');
  await writeFile(KUBECONFIG, cluster.kubeconfigText(await cluster.admin.tokenFor(account)));
  return { KUBECONFIG, EVENT_TOKEN: TOKEN };
}
