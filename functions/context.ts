// The composition root: everything with a connection, a clock or a memory is made here and handed down.
import type { KubeConfig } from '@kubernetes/client-node';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../gitops/attempts.ts';
import type { Cluster } from '../gitops/cluster.ts';
import { PermanentError } from '../gitops/errors.ts';
import { Api } from '../gitops/io/api.ts';
import { ApiCluster } from '../gitops/io/cluster.ts';
import { Connector } from '../gitops/io/connection.ts';
import { sha256 } from '../gitops/io/digest.ts';
import { GIT_LIMITS } from '../gitops/io/git-limits.ts';
import { createReach, type Reach } from '../gitops/io/reach.ts';
import { createRepositories } from '../gitops/io/repository.ts';
import type { Log } from '../gitops/log.ts';
import { PolicyReader } from '../gitops/policy/reader.ts';
import type { Surroundings } from '../gitops/reconcile/reconcile.ts';
import type { Repositories } from '../gitops/repository.ts';
import { TextRoom } from '../gitops/sync/text-room.ts';
import { type Caller, createCallers } from './callers.ts';
import type { Config } from './config.ts';
import { sendDue } from './event-sink.ts';
import { ForgeWaits } from './forge/forge-waits.ts';
import { ClusterIssuer } from './issuer-keys.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { Pushgateway } from './metrics/pushgateway.ts';
import type { DeliveryResult } from './relay/delivery-queue.ts';
import { within } from './telemetry/scope.ts';
import { Telemetry } from './telemetry/telemetry.ts';
import type { TraceContext } from './telemetry/trace-context.ts';
import type { Due } from './visit-due.ts';

/** What is to be done later; `due` says it where it is the visit of an object. */
export interface Task {
  /** A later task of the same key takes its place. */
  readonly key: string;
  readonly due?: Due;
  /** Whether it makes again what has failed. */
  readonly isRetry?: boolean;
  run(): Promise<unknown>;
}

/** What the handlers work with. */
export interface Context {
  readonly config: Config;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** The API server's time, where there is one. */
  readonly clock: Clock;
  /** Which hosts of repositories and forges are asked. */
  readonly reach: Reach;
  /** Which forges have asked to wait. */
  readonly forgeWaits: ForgeWaits;
  readonly repositories: Repositories;
  /** What all syncs hold of the files of repositories. */
  readonly texts: TextRoom;
  readonly policies: PolicyReader;
  readonly metrics: Metrics;
  readonly handled: Surroundings['handled'];
  readonly corrections: Surroundings['corrections'];
  /** Where the tick sends what is due, as found in the trace; where there is none, it visits it itself. */
  readonly sink?: (due: Due, start?: TraceContext) => Promise<DeliveryResult>;
  /** Says who shows an Authorization header at /events and /tick. */
  caller(authorization: string | undefined): Promise<Caller>;
  /** Where the metrics are pushed to; undefined where they are only served. */
  readonly pushgateway?: Pushgateway;
  /** Returns the cluster for one visit: all of its requests end with the signal, each of them earlier if it hangs. */
  cluster(signal: AbortSignal): Cluster;
  /** Has something done after so many milliseconds, as a help: what is due is also found by the tick. */
  later(task: Task, afterMs: number): void;
}

/** Versions of children that are remembered; forgetting one costs two reads. */
const MAX_HANDLED = 20_000;
/** The API server judges by its own policies all the time; ours may be this old before a write is tried. */
const BELIEVE_POLICIES_MS = 15_000;
/** One request that hangs, as a write does whose admission webhook hangs, leaves time for the others of its attempt. */
const ONE_REQUEST_SHARE = 0.6;
const KEYS_TIMEOUT_MS = 5_000;

/** Returns the context for a process that talks to the given cluster, or to none. */
export function createContext(
  config: Config,
  kubeConfig: KubeConfig | undefined,
  log: Log,
): Context {
  const reach = createReach(config.gitHosts);
  const metrics = createMetrics(config.revision);
  const { pushgatewayUrl } = config;
  const telemetry = new Telemetry();
  const connector = kubeConfig && new Connector(kubeConfig);
  const api = connector && new Api(connector, { trace: telemetry });
  return {
    config,
    log,
    telemetry,
    clock: { now: connector?.clock.now ?? Date.now, random: Math.random },
    reach,
    forgeWaits: new ForgeWaits(),
    repositories: createRepositories(GIT_LIMITS, reach),
    texts: new TextRoom(),
    policies: new PolicyReader({ hash: sha256, now: Date.now, believeMs: BELIEVE_POLICIES_MS }),
    metrics,
    handled: new LRUCache<string, string>({ max: MAX_HANDLED }),
    corrections: new LRUCache<string, readonly number[]>({ max: MAX_HANDLED }),
    caller: createCallers(config, api && issuerOf(api)),
    cluster: (signal) => {
      if (api === undefined) throw new PermanentError('NoCluster', 'there is no cluster here');
      return new ApiCluster(api.until(signal, Math.ceil(config.timeoutMs * ONE_REQUEST_SHARE)));
    },
    later: createTimers(log),
    ...(pushgatewayUrl && { pushgateway: new Pushgateway(pushgatewayUrl, metrics, log) }),
    ...(config.eventSink && { sink: sinkOf(config, kubeConfig, log) }),
  };
}

function sinkOf(
  { eventSink: url, eventToken: token, eventSinkTokenFile: tokenFile, timeoutMs }: Config,
  kubeConfig: KubeConfig | undefined,
  log: Log,
): NonNullable<Context['sink']> {
  const source = kubeConfig?.getCurrentCluster()?.server ?? '';
  const sink = { url, token, source, timeoutMs, log, ...(tokenFile && { tokenFile }) };
  return (due, start) => sendDue(due, sink, start);
}

function issuerOf(api: Api): ClusterIssuer {
  const read = (path: string, accept: string) =>
    api.until(AbortSignal.timeout(KEYS_TIMEOUT_MS)).json({ method: 'GET', path, accept });
  return new ClusterIssuer(read, Date.now);
}

/** One timer for a key; a later call replaces an earlier one. Timers keep no process alive. */
function createTimers(log: Log): Context['later'] {
  const timers = new Map<string, NodeJS.Timeout>();
  return ({ key, run }, afterMs) => {
    clearTimeout(timers.get(key));
    const fire = () => {
      timers.delete(key);
      run().catch((err) => log.warn({ err, key }, 'Retry failed; the tick will try again'));
    };
    // Of a trace of its own: one that grew for as long as something fails would be of no use.
    const timer = setTimeout(() => within(undefined, fire), afterMs);
    timers.set(key, timer.unref());
  };
}
