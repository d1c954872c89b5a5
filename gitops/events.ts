// Events tell a person who asks `kubectl describe` what went wrong. They are a courtesy: one that cannot be written
// changes nothing, and nothing is read back from them.
import { isConflict } from './api-error.ts';
import type { Clock } from './attempts.ts';
import type { Cluster } from './cluster.ts';
import { rfc3339 } from './conditions.ts';
import { cut } from './cut.ts';
import { messageOf, reasonOf } from './errors.ts';
import { EVENT, type Kind } from './kinds.ts';
import type { Log } from './log.ts';
import type { KubeObject } from './objects.ts';
import { OPERATOR } from './webapp.ts';

/** Longest note that the API server takes in an event, in characters. */
const MAX_MESSAGE = 1_024;
/** Leaves room for the hash in a name of 253. */
const MAX_NAME = 230;

interface Teller {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
  /** Hex digits of a hash. */
  readonly hash: (text: string) => string;
}

/** Writes a Warning event ReconcileFailed about the object; the same failure again raises the count of the same event. */
export async function tellFailure(
  of: Kind,
  object: KubeObject,
  { error, ...world }: Teller & { error: unknown },
): Promise<void> {
  const event = failureEvent(of, object, { error, ...world });
  try {
    await raise(event, world.cluster);
  } catch (cause) {
    world.log.warn({ error: messageOf(cause) }, 'Event could not be written');
  }
}

/** Creates before it reads: most failures are new. */
async function raise(event: KubeObject, cluster: Cluster): Promise<void> {
  try {
    await cluster.create(EVENT, event);
  } catch (error) {
    if (!isConflict(error)) throw error;
    const { namespace = '', name } = event.metadata;
    const live = await cluster.get(EVENT, { namespace, name });
    if (live === undefined) return;
    const count = Number(live.count ?? 1) + 1;
    const fields = { count, lastTimestamp: event.lastTimestamp };
    await cluster.patch(EVENT, live, { type: 'merge', fields });
  }
}

/** The name says which failure of which object it is, so that any instance finds the event of another. */
function failureEvent(
  { apiVersion, kind }: Kind,
  { metadata }: KubeObject,
  { error, clock, hash }: Pick<Teller, 'clock' | 'hash'> & { error: unknown },
): KubeObject {
  const { namespace = '', name, uid, resourceVersion } = metadata;
  const message = cut(`${reasonOf(error)}: ${messageOf(error)}`, MAX_MESSAGE);
  const id = hash(`${uid} ${message}`).slice(0, 16);
  const now = rfc3339(clock.now());
  return {
    apiVersion: EVENT.apiVersion,
    kind: EVENT.kind,
    metadata: { namespace, name: `${name.slice(0, MAX_NAME)}.${id}` },
    involvedObject: { apiVersion, kind, namespace, name, uid, resourceVersion },
    type: 'Warning',
    reason: 'ReconcileFailed',
    message,
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
    source: { component: OPERATOR },
    reportingComponent: OPERATOR,
    reportingInstance: '',
  };
}
