// What becomes of a failed visit, of a WebApp or of a WebAppSource: it is counted, the status says it, an event tells it.
import equal from 'fast-deep-equal';
import { classify, isConflict } from './api-error.ts';
import { countFailure, type Failure } from './attempts.ts';
import type { Cluster } from './cluster.ts';
import { isPermanent } from './errors.ts';
import { tellFailure } from './events.ts';
import type { Kind } from './kinds.ts';
import type { Log } from './log.ts';
import type { KubeObject } from './objects.ts';

/** How a visit that failed ends: tried again after a while, or not before something changes. */
export type Failed =
  | { readonly kind: 'retry'; readonly afterMs: number; readonly cause: unknown }
  | { readonly kind: 'stalled'; readonly cause: unknown };

interface Failing<T, S> extends Failure {
  /** The same cluster with the time that is kept for recording a failure. */
  readonly bookkeeping: Cluster;
  readonly log: Log;
  readonly policies: { readonly hash: (text: string) => string };
  /** Returns the status that says of the failure, at a time in milliseconds since the epoch. */
  readonly statusOf: (object: T, error: unknown, now: number) => S;
  /** Writes a status where it says something new. */
  readonly record: (object: T, status: S, world: { readonly cluster: Cluster }) => Promise<void>;
}

/**
 * Records a failure on the object and returns how its visit ends. What waits for a change is told in the time of the work:
 * where that cannot be recorded, it is counted as a failure of its own. Throws where nothing can be recorded.
 */
export async function recordFailure<T extends KubeObject, S>(
  of: Kind,
  before: T,
  failing: Failing<T, S>,
): Promise<Failed> {
  const { bookkeeping: cluster } = failing;
  if (!isPermanent(failing.error)) return recordOne(of, before, { ...failing, cluster });
  try {
    return await recordOne(of, before, failing);
  } catch (cause) {
    if (isConflict(cause)) throw cause;
    return recordOne(of, before, { ...failing, error: classify(cause), cluster });
  }
}

async function recordOne<T extends KubeObject, S>(
  of: Kind,
  before: T,
  { error, revision, statusOf, record, policies, ...world }: Failing<T, S>,
): Promise<Failed> {
  const { object, afterMs } = await countFailure(of, before, { error, revision, ...world });
  const status = statusOf(object, error, world.clock.now());
  // Each attempt is told; what waits for a change is told once.
  const isNews = afterMs !== undefined || !equal(status, before.status);
  await record(object, status, world);
  if (isNews) await tellFailure(of, object, { error, hash: policies.hash, ...world });
  return afterMs === undefined
    ? { kind: 'stalled', cause: error }
    : { kind: 'retry', afterMs, cause: error };
}
