// The functions as one process would have them: their HTTP application, and a memory that goes with them.
import { KubeConfig } from '@kubernetes/client-node';
import express, { type Express } from 'express';
import { createApp } from '../../functions/app.ts';
import { type Config, readConfig } from '../../functions/config.ts';
import { type Context, createContext } from '../../functions/context.ts';
import type { Sink } from '../../functions/event-sink.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { Api } from '../../gitops/io/api.ts';
import { Connector } from '../../gitops/io/connection.ts';
import type { Repositories } from '../../gitops/repository.ts';
import { listen } from '../helpers/listen.ts';
import { SILENT } from '../reconcile/stage.ts';
import { ApiProxy, type Wire } from './proxy.ts';

const TOKEN = 'event-token-of-the-plans';
/** Signs the webhooks of the plans. */
export const WEBHOOK_SECRET = 'webhook-secret-of-the-plans';

/** A bug put in from outside; the product has no switch for it. */
export interface Seed {
  readonly cluster?: (cluster: Cluster, api: Api) => Cluster;
  readonly repositories?: (repositories: Repositories) => Repositories;
  /** Changes the status of an answer. */
  readonly answer?: (status: number) => number;
}

/** What an incarnation is made of. */
export interface Making {
  readonly wire: Wire;
  readonly token: string;
  readonly now: () => number;
  /** In [0, 1): the jitter of waits. */
  readonly random: () => number;
  /** Whether ticks find everything due, or only what is unobserved, progressing or to be tried again. */
  readonly allDue: () => boolean;
  readonly seed?: Seed | undefined;
}

const HOUR_MS = 3_600_000;
const CONFIG = readConfig({
  EVENT_TOKEN: TOKEN,
  WEBHOOK_SECRET,
  GIT_HOSTS: '127.0.0.1',
  REQUEST_TIMEOUT: '120s',
  LOG_LEVEL: 'silent',
});
const ALL_DUE: Config = { ...CONFIG, tickMs: HOUR_MS, driftMs: HOUR_MS };
const NONE_DUE: Config = { ...CONFIG, tickMs: 1, driftMs: 24 * HOUR_MS };

/** The functions behind a port of their own, with a proxy to the API server that can be cut. */
export class Incarnation implements Disposable {
  readonly sink: Sink;
  /** Resolves when the process is gone. */
  readonly over: Promise<'over'>;
  readonly proxy: ApiProxy;
  readonly #app: Disposable;

  private constructor(
    sink: Sink,
    way: { over: Promise<'over'>; proxy: ApiProxy; app: Disposable },
  ) {
    this.sink = sink;
    this.over = way.over;
    this.proxy = way.proxy;
    this.#app = way.app;
  }

  static async start(making: Making): Promise<Incarnation> {
    const { promise: over, resolve } = Promise.withResolvers<'over'>();
    const proxy = await ApiProxy.open(making.wire, () => resolve('over'));
    const context = contextOf(making, proxy.url);
    const app = await listen(answering(createApp(context), making.seed));
    const source = 'https://kubernetes.default.svc';
    const sink = { url: app.url, token: TOKEN, source, timeoutMs: 120_000, log: SILENT };
    return new Incarnation(sink, { over, proxy, app });
  }

  [Symbol.dispose](): void {
    this.proxy.cut();
    this.#app[Symbol.dispose]();
  }
}

function contextOf({ token, now, random, allDue, seed }: Making, server: string): Context {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'c', server, skipTLSVerify: true },
    { name: 'u', token },
  );
  const made = createContext(CONFIG, kubeConfig, SILENT as Context['log']);
  const { cluster = same, repositories = same } = seed ?? {};
  const api = new Api(new Connector(kubeConfig));
  return {
    ...made,
    cluster: (signal) => cluster(made.cluster(signal), api.until(signal)),
    repositories: repositories(made.repositories),
    get config() {
      return allDue() ? ALL_DUE : NONE_DUE;
    },
    clock: { now, random },
    // A function at zero has no timers: the tick has to do.
    later: () => {},
  };
}

function same<T>(it: T): T {
  return it;
}

function answering(app: Express, seed?: Seed): Express {
  const change = seed?.answer;
  if (change === undefined) return app;
  const outer = express();
  outer.use((_request, response, next) => {
    const status = response.status.bind(response);
    response.status = (code) => status(change(code));
    next();
  });
  return outer.use(app);
}
