// Counting failures on the object itself. Each count is written on condition of the version it was read in,
// so an attempt counts once, whoever loses a race.
import equal from 'fast-deep-equal';
import { classify, isConflict, isKeptOut } from './api-error.ts';
import {
  backoffDelay,
  oneMore,
  REQUEST_LENGTH,
  type Retry,
  readRetry,
  waitOf,
  writeRetry,
} from './backoff.ts';
import type { Cluster } from './cluster.ts';
import { cut } from './cut.ts';
import { isPermanent, RetryableError } from './errors.ts';
import type { Kind } from './kinds.ts';
import type { KubeObject } from './objects.ts';
import { ANNOTATION, annotating, annotation } from './webapp.ts';

/** Time in milliseconds since the epoch, the same for all instances; `random` gives numbers in [0, 1). */
export interface Clock {
  readonly now: () => number;
  readonly random: () => number;
}

/** An object whose failure was counted, and the milliseconds until the next attempt; none when there will be none. */
export interface Counted<T> {
  readonly object: T;
  readonly afterMs: number | undefined;
}

const MAX_CONFLICTS = 5;
/** How long to wait, in milliseconds, after a failure that could not be counted. */
const UNCOUNTED_MS = 60_000;

/**
 * Returns what `work` gives, done again as long as somebody else was faster, at most five times; it is told how
 * many conflicts it has met. Throws the engine's own errors (classify).
 */
export async function despiteConflicts<T>(work: (conflicts: number) => Promise<T>): Promise<T> {
  for (let conflicts = 0; ; conflicts++) {
    try {
      return await work(conflicts);
    } catch (error) {
      if (!isConflict(error) || conflicts === MAX_CONFLICTS) throw classify(error);
    }
  }
}

/** Returns the failures that are counted on an object, by `now` (milliseconds since the epoch), as `readRetry` does. */
export function retryOf(object: KubeObject, now: number): Retry | undefined {
  return readRetry(object.metadata, annotation(object, ANNOTATION.retry), now);
}

/** Returns whether the next attempt is still to come. `handled` is the request that was answered last: a new one does not wait. */
export function isBackingOff(
  object: KubeObject,
  handled: string | undefined,
  now: number,
): boolean {
  const retry = retryOf(object, now);
  const asked = annotation(object, ANNOTATION.requestedAt);
  return retry !== undefined && retry.nextAttemptAt > now && asked === (handled ?? '');
}

/** Returns the object after its count was cleared; writes only where there was one. */
export async function clearFailures<T extends KubeObject>(of: Kind, object: T, cluster: Cluster) {
  if (annotation(object, ANNOTATION.retry) === '') return object;
  return (await annotate(of, object, { cluster, value: null })) ?? object;
}

/** What failed, and where that is counted. `revision` is the commit that was tried, as branch@sha1:commit, where it is known. */
export interface Failure {
  readonly error: unknown;
  readonly revision?: string | undefined;
  readonly cluster: Cluster;
  readonly clock: Clock;
}

/**
 * Counts one failed attempt. A permanent error clears the count, as no attempt follows until something changes. Where
 * admission keeps the count out, the failure is still told: the next attempt is the tick's.
 */
export async function countFailure<T extends KubeObject>(
  of: Kind,
  object: T,
  { error, revision, cluster, clock }: Failure,
): Promise<Counted<T>> {
  if (isPermanent(error)) {
    return { object: await clearFailures(of, object, cluster), afterMs: undefined };
  }
  const now = clock.now();
  const before = retryOf(object, now);
  const request = cut(annotation(object, ANNOTATION.requestedAt), REQUEST_LENGTH) || undefined;
  const count = oneMore(before, { revision, request });
  const asked = error instanceof RetryableError ? error.retryAfterMs : undefined;
  const afterMs = waitOf(backoffDelay(count.failures, clock.random()), asked);
  const value = writeRetry(object.metadata, { ...count, nextAttemptAt: now + afterMs });
  const counted = await annotate(of, object, { cluster, value });
  return counted ? { object: counted, afterMs } : { object, afterMs: UNCOUNTED_MS };
}

/** Returns undefined where admission keeps the write out, as it may for what was wrong with the object before. */
async function annotate<T extends KubeObject>(
  of: Kind,
  object: T,
  { cluster, value }: { cluster: Cluster; value: string | null },
): Promise<T | undefined> {
  const fields = annotating(ANNOTATION.retry, value);
  try {
    return (await cluster.patch(of, object, { type: 'merge', fields })) as T;
  } catch (error) {
    // One that clears a count may as well be done again.
    const mayBeOurs = value !== null && isConflict(error);
    const counted = mayBeOurs && (await readCounted(of, object, { cluster, value }));
    if (counted) return counted;
    if (!isKeptOut(error)) throw error;
    return undefined;
  }
}

/**
 * Returns the object where it is as this count would have left it: the answer was lost, and what the connection sent once
 * more met the first one. Whoever took that for somebody else's count would tell nobody of the failure.
 */
async function readCounted<T extends KubeObject>(
  of: Kind,
  object: T,
  { cluster, value }: { cluster: Cluster; value: string },
): Promise<T | undefined> {
  const { namespace = '', name, generation, annotations } = object.metadata;
  const live = await cluster.get(of, { namespace, name });
  const isCounted =
    live?.metadata.generation === generation &&
    equal(live?.metadata.annotations, { ...annotations, [ANNOTATION.retry]: value }) &&
    equal(live?.status, object.status);
  return isCounted ? (live as T) : undefined;
}
