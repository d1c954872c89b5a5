// The event source where there is no Knative: watches what the functions care about and posts CloudEvents.
// Two replicas may run; one leads. It also ticks.
import { hostname } from 'node:os';
import type { KubeConfig } from '@kubernetes/client-node';
import { Api } from '../../gitops/io/api.ts';
import { ApiCluster } from '../../gitops/io/cluster.ts';
import { Connector } from '../../gitops/io/connection.ts';
import { CHILD_KINDS, type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { Log } from '../../gitops/log.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import { trimSlashes } from '../../gitops/trim-slashes.ts';
import { LABEL, OPERATOR } from '../../gitops/webapp.ts';
import { type Happening, type Sink, sendEvent, sendTick } from '../event-sink.ts';
import { DeliveryQueue, type Pace } from './delivery-queue.ts';
import { every } from './every.ts';
import { follow } from './informer.ts';
import { type ElectionTimes, leadWhenElected } from './leader.ts';
import { sparing } from './sparing-log.ts';

/** What the relay needs to know. */
export interface RelayOptions {
  readonly kubeConfig: KubeConfig;
  readonly sinkUrl: string;
  readonly token: string;
  readonly lease: ObjectKey;
  /** Undefined where nobody is elected, as there is one relay only. */
  readonly election: ElectionTimes | undefined;
  readonly tickMs: number;
  readonly timeoutMs: number;
  readonly log: Log;
}

const PACE: Pace = {
  ...{ parallel: 16, spacingMs: 100, firstRetryMs: 100, longestRetryMs: 10_000 },
  longestAskedMs: 5 * 60_000,
};

const QUIET_MS = 10_000;

/** Relays until the signal ends. */
export async function relay(options: RelayOptions, signal: AbortSignal): Promise<void> {
  const { kubeConfig, log, lease, election: times } = options;
  const connector = new Connector(kubeConfig);
  const election = {
    lease,
    identity: `${hostname()}_${crypto.randomUUID()}`,
    cluster: new ApiCluster(new Api(connector)),
    log,
  };
  const work = (term: AbortSignal) => lead(options, new Api(connector), term);
  await (times ? leadWhenElected({ ...election, times }, work, signal) : work(signal));
  await connector.close();
}

async function lead(options: RelayOptions, api: Api, signal: AbortSignal): Promise<void> {
  const { log, kubeConfig, sinkUrl, token, timeoutMs } = options;
  const source = kubeConfig.getCurrentCluster()?.server ?? '';
  const url = trimSlashes(sinkUrl);
  // What is under way ends with the term, or the Lease would be held for as long as a tick lasts.
  const sink: Sink = { url, token, source, timeoutMs, signal, log: sparing(log, QUIET_MS) };
  const queue = new DeliveryQueue((item: Happening) => sendEvent(item, sink), PACE, signal);
  const watched = (of: Kind, labelSelector?: string) =>
    follow(
      {
        of,
        ...(labelSelector && { labelSelector }),
        tell: (verb, object) => {
          const { namespace, name } = object.metadata;
          // A WebApp and its children share a name: their visits would meet each other if they ran at once.
          const whose = of === WEBAPP_SOURCE ? of.kind : WEBAPP.kind;
          queue.add(`${whose}/${namespace}/${name}`, of.kind, { of, verb, object });
        },
      },
      api,
      { signal, log },
    );
  await Promise.all([
    watched(WEBAPP),
    watched(WEBAPP_SOURCE),
    ...CHILD_KINDS.map((of) => watched(of, `${LABEL.managedBy}=${OPERATOR}`)),
    // Full checks whose moments no tick spans would wait for their next turn (gitops/due.ts).
    every(options.tickMs, () => sendTick(sink), signal),
  ]);
}
