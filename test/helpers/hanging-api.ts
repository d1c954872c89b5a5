// The functions behind a way to the API server on which some requests get no answer, or a late one.
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { Agent } from 'undici';
import { createApp } from '../../functions/app.ts';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { SERVICE_ACCOUNTS } from '../../infra/install.ts';
import { type TestCluster, testCluster } from './control-plane.ts';
import { type Entry, overHttp, TOKEN } from './functions-entries.ts';
import { forward, listen, reply } from './listen.ts';

/** One request and what becomes of it, once: the next of the same sort is the next place's. */
export interface Place {
  readonly method: string;
  readonly part: string;
  /**
   * No answer, before the API server hears of the request or after it is done; heard of only after so many milliseconds;
   * or answered as always.
   */
  readonly when: 'before' | 'after' | 'always' | number;
}

/** A write that the API server was told of. */
export interface Written {
  readonly what: string;
  /** What the API server answered, once it has. */
  status?: number;
}

/** The way to the API server; the places are those of a namespace, each met at the first request that fits it. */
class Way {
  readonly #places = new Map<string, Place[]>();
  readonly #written = new Map<string, Written[]>();
  readonly #cluster: TestCluster;
  readonly #agent: Agent;

  constructor(cluster: TestCluster, ca: string) {
    this.#cluster = cluster;
    this.#agent = new Agent({ connect: { ca } });
  }

  /** Sets the places of a namespace. */
  set(namespace: string, places: readonly Place[]): void {
    this.#places.set(namespace, [...places]);
  }

  /** The places of a namespace that no request has met yet. */
  left(namespace: string): readonly Place[] {
    return this.#places.get(namespace) ?? [];
  }

  /** The writes of a namespace that the API server was told of, in their order. */
  written(namespace: string): readonly Written[] {
    return this.#written.get(namespace) ?? [];
  }

  async answer(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '' } = asked;
    const namespace = /namespaces\/([^/]+)\//.exec(url)?.[1] ?? '';
    const when = this.#takePlace(namespace, `${method} ${url}`);
    if (when === 'before') return;
    if (typeof when === 'number') await sleep(when);
    const written: Written = { what: `${method} ${url.split('?')[0]}` };
    if (method !== 'GET') this.#note(namespace, written);
    const answer = await forward(this.#cluster.server, asked, this.#agent);
    written.status = answer.status;
    if (when !== 'after') reply(response, answer);
  }

  #takePlace(namespace: string, what: string): Place['when'] | undefined {
    const left = this.left(namespace);
    const place = left.find(({ method, part }) => what.startsWith(method) && what.includes(part));
    this.#places.set(
      namespace,
      left.filter((one) => one !== place),
    );
    return place?.when;
  }

  #note(namespace: string, one: Written): void {
    this.#written.set(namespace, [...this.written(namespace), one]);
  }
}

/** The functions behind such a way, as they are at zero: without timers that try again. */
export interface HangingApi extends Disposable {
  readonly cluster: TestCluster;
  readonly way: Way;
  readonly send: Entry['send'];
}

/** Starts the functions with a REQUEST_TIMEOUT of so many milliseconds. */
export async function openHangingApi(timeoutMs: number): Promise<HangingApi> {
  const cluster = await testCluster();
  const way = new Way(cluster, await readFile(cluster.caFile, 'utf8'));
  const server = await listen((asked, response) => {
    way.answer(asked, response).catch(() => response.destroy());
  });
  const kubeConfig = new KubeConfig();
  const token = await cluster.admin.tokenFor(SERVICE_ACCOUNTS.functions);
  kubeConfig.loadFromClusterAndUser(
    { name: 'c', server: server.url, skipTLSVerify: true },
    { name: 'u', token },
  );
  const serves = { FUNCTIONS: 'webapps,sources', GIT_HOSTS: '127.0.0.1' };
  const config = readConfig({
    ...serves,
    EVENT_TOKEN: TOKEN,
    REQUEST_TIMEOUT: `${timeoutMs}ms`,
  });
  const context = { ...createContext(config, kubeConfig, createLog('silent')), later: () => {} };
  const functions = await listen(createApp(context));
  return {
    cluster,
    way,
    send: overHttp(functions.url),
    [Symbol.dispose]: () => {
      functions[Symbol.dispose]();
      server[Symbol.dispose]();
    },
  };
}
