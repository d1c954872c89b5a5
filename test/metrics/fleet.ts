// Processes of the functions that are killed while they work, and whoever calls them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { request } from 'undici';
import type { ObjectKey } from '../../gitops/objects.ts';
import { SERVICE_ACCOUNTS } from '../../infra/install.ts';
import { eventually } from '../cluster/eventually.ts';
import type { TestCluster } from '../helpers/control-plane.ts';
import { eventAbout, TOKEN } from '../helpers/functions-entries.ts';

const ENTRY = join(import.meta.dirname, '..', '..', 'functions', 'container.ts');

type Environment = Readonly<Record<string, string>>;

/** A number of processes; one that was killed has a successor. */
export class Fleet implements AsyncDisposable {
  readonly #env: Environment;
  readonly #instances: Instance[];
  readonly #oneKill = pLimit(1);
  /** How many were killed so far. */
  kills = 0;

  private constructor(env: Environment, instances: Instance[]) {
    this.#env = env;
    this.#instances = instances;
  }

  /** Starts so many processes with the functions' rights, which push to this gateway. */
  static async start(size: number, cluster: TestCluster, gateway: string): Promise<Fleet> {
    const env = await environment(cluster, gateway);
    const starts = Array.from({ length: size }, () => Instance.start(env));
    return new Fleet(env, await Promise.all(starts));
  }

  /** Kills one in the midst of whatever it does. */
  killAny(): Promise<void> {
    return this.#oneKill(async () => {
      this.kills++;
      const victim = this.#any();
      await this.#instances[victim]?.end('SIGKILL');
      this.#instances[victim] = await Instance.start(this.#env);
    });
  }

  /** Tells any of them of a WebApp, again until there is an answer, as an event source does. */
  async deliver(key: ObjectKey): Promise<void> {
    const { path, headers = {}, body = '' } = eventAbout('WebApp', key);
    await eventually(`an answer about ${key.name}`, async () => {
      const url = `${this.#instances[this.#any()]?.url}${path}`;
      const answer = await request(url, { method: 'POST', headers, body }).catch(() => undefined);
      await answer?.body.dump();
      return answer?.statusCode === 200;
    });
  }

  /** Lets all of them end by themselves. */
  async end(): Promise<void> {
    await Promise.all(this.#instances.map((instance) => instance.end('SIGTERM')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#instances.map((instance) => instance.end('SIGKILL')));
  }

  #any(): number {
    return Math.floor(Math.random() * this.#instances.length);
  }
}

class Instance {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(env: Environment): Promise<Instance> {
    const child = spawn(process.execPath, [ENTRY], {
      env: { ...process.env, ...env },
      // The channel ends them with this process.
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const output = child.stdout as Readable;
    const url = await addressIn(output);
    // Else it would wait for somebody to read its log.
    output.resume();
    return new Instance(child, url);
  }

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

async function environment(cluster: TestCluster, PUSHGATEWAY_URL: string): Promise<Environment> {
  const KUBECONFIG = join(await mkdtemp(join(tmpdir(), 'webapp-instances-')), 'kubeconfig');
  const token = await cluster.admin.tokenFor(SERVICE_ACCOUNTS.functions);
  await writeFile(KUBECONFIG, cluster.kubeconfigText(token));
  const FUNCTIONS = 'events,metrics';
  return {
    ...{ HOST: '127.0.0.1', PORT: '0', EVENT_TOKEN: TOKEN },
    ...{ FUNCTIONS, KUBECONFIG, PUSHGATEWAY_URL },
  };
}
