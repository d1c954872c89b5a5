// Processes of the functions that are killed while they work, and whoever calls them.
import pLimit from 'p-limit';
import { request } from 'undici';
import type { ObjectKey } from '../../gitops/objects.ts';
import { SERVICE_ACCOUNTS } from '../../infra/install.ts';
import { eventually } from '../cluster/eventually.ts';
import type { TestCluster } from '../helpers/control-plane.ts';
import { eventAbout } from '../helpers/functions-entries.ts';
import { environmentOf, Instance } from '../helpers/functions-instance.ts';

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
    const own = await environmentOf(cluster, SERVICE_ACCOUNTS.functions);
    const env = { ...own, FUNCTIONS: 'events,metrics', PUSHGATEWAY_URL: gateway };
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
