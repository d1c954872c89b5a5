// How to reach the API server. The client library reads kubeconfigs, runs credential plugins and rotates token
// files; but with TLS it opens a new connection for every request, so the connections are kept here.
import { createHash } from 'node:crypto';
import type { AgentOptions, RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, interceptors, ProxyAgent } from 'undici';
import { trimSlashes } from '../trim-slashes.ts';
import { retryRequest } from './api-retry.ts';
import { ServerClock } from './server-clock.ts';

/** What one request needs beside its own path and body. */
export interface Connection {
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
}

const CREDENTIALS_TTL_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** Keeps the connections to one cluster, and renews its credentials as their files change. */
export class Connector {
  /** The API server's, as its answers tell it. */
  readonly clock = new ServerClock();
  readonly #config: KubeConfig;
  #current: { connection: Promise<Connection>; until: number } | undefined;
  #dispatcher: { key: string; dispatcher: Dispatcher } | undefined;

  constructor(config: KubeConfig) {
    if (!config.getCurrentCluster()) throw new Error('the kubeconfig names no cluster');
    this.#config = config;
  }

  /** Returns the connection with credentials read at most 10 s ago. */
  connect(): Promise<Connection> {
    const now = Date.now();
    if (this.#current === undefined || this.#current.until < now) {
      const connection = this.#open();
      this.#current = { connection, until: now + CREDENTIALS_TTL_MS };
      connection.catch(() => {
        this.#current = undefined;
      });
    }
    return this.#current.connection;
  }

  /** Ends all connections; requests under way fail. */
  async close(): Promise<void> {
    await this.#dispatcher?.dispatcher.destroy();
  }

  async #open(): Promise<Connection> {
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const headers = { ...(options.headers as Record<string, string> | undefined) };
    if (options.auth)
      headers.Authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    const server = trimSlashes(this.#config.getCurrentCluster()?.server ?? '');
    return { server, headers, dispatcher: this.#dispatcherFor(options) };
  }

  #dispatcherFor(options: RequestOptions): Dispatcher {
    const { ca, cert, key: secret, servername, rejectUnauthorized } = options;
    const tls = JSON.stringify([ca, cert, secret, servername, rejectUnauthorized].map(String));
    const key = createHash('sha256').update(tls).digest('hex');
    if (this.#dispatcher?.key !== key) {
      void this.#dispatcher?.dispatcher.close();
      this.#dispatcher = { key, dispatcher: this.#createDispatcher(options) };
    }
    return this.#dispatcher.dispatcher;
  }

  #createDispatcher(options: RequestOptions): Dispatcher {
    const tls = options as AgentOptions;
    const wanted = this.#config.createDispatcherOptions(this.#config.getCurrentCluster(), tls);
    if (wanted.type === 'socks')
      throw new Error('a socks proxy to the API server is not supported');
    const dispatcher =
      wanted.type === 'proxy'
        ? new ProxyAgent({ uri: wanted.uri, requestTls: wanted.requestTls as object })
        : new Agent({
            connect: {
              ...(wanted.type === 'agent' && wanted.connect),
              timeout: CONNECT_TIMEOUT_MS,
            } as object,
          });
    return dispatcher.compose(interceptors.retry({ retry: retryRequest, throwOnError: false }));
  }
}
