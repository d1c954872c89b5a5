// Back-off counters live on the object, in an annotation that anybody with the right to edit it can write:
// it is a hint, read with distrust.
import type { ObjectMeta } from './objects.ts';

/** Failures in a row, and when the next attempt is due (milliseconds since the epoch). */
export interface Retry {
  readonly failures: number;
  readonly nextAttemptAt: number;
  /** The commit that failed, as branch@sha1:commit; absent where none was known, and of what comes from no commit. */
  readonly revision?: string;
  /** The request that asked for what failed, cut to REQUEST_LENGTH; absent where there was none. */
  readonly request?: string;
  /** There where the attempt had its commit: what failed is not the Git server. */
  readonly fetched?: true;
}

/** What an attempt that failed was of, as in Retry. */
export interface Tried {
  readonly revision: string | undefined;
  readonly request: string | undefined;
}

/** A request may be any text, and is kept as far as it tells one from another. UTF-16 units. */
export const REQUEST_LENGTH = 128;

const BASE_MS = 1_000;
const CAP_MS = 5 * 60_000;
const JITTER_MS = 1_000;
/** The longest wait that a server may ask for, in milliseconds. */
const LONGEST_MS = 60 * 60_000;
/** Clocks agree within seconds, and who reads may be behind. */
const MARGIN_MS = 60_000;
const MAX_FAILURES = 1_000;
/** More than the longest branch and request, each with all its characters escaped, come to. UTF-16 units. */
const MAX_LENGTH = 2_048;

/**
 * Returns how long to wait after the given number of failures in a row, in milliseconds: 1 s, 2 s, 4 s ...
 * at most 5 min, plus up to 1 s of jitter. `random` is in [0, 1).
 */
export function backoffDelay(failures: number, random: number): number {
  const exponent = Math.min(Math.max(failures, 1) - 1, 30);
  return Math.min(BASE_MS * 2 ** exponent, CAP_MS) + Math.floor(random * JITTER_MS);
}

/**
 * Returns how long to wait where a server has asked for some milliseconds, too: the longer of both, but for what was asked no
 * more than `longestMs`, an hour unless given.
 */
export function waitOf(delayMs: number, askedMs = 0, longestMs = LONGEST_MS): number {
  return Math.max(delayMs, Math.min(askedMs, longestMs));
}

/**
 * Returns the count after one more failure. Another commit begins again, and so does another request. A failure before the
 * commit is known (a Git server that is away) goes on with the count that it meets, and so does one that meets a count
 * without a commit.
 */
export function oneMore(
  before: Retry | undefined,
  { revision, request }: Tried,
): Omit<Retry, 'nextAttemptAt'> {
  const { failures = 0, revision: counted = revision } = before ?? {};
  const known = revision ?? counted;
  const isSame = known === counted && request === before?.request;
  return {
    failures: isSame ? failures + 1 : 1,
    ...(known && { revision: known }),
    ...(request && { request }),
    ...(revision && { fetched: true as const }),
  };
}

/** Returns the annotation's text for an object; it is bound to the uid and generation it was written for. */
export function writeRetry({ uid, generation }: ObjectMeta, retry: Retry): string {
  return JSON.stringify({
    uid,
    generation,
    revision: retry.revision,
    request: retry.request,
    fetched: retry.fetched,
    failures: retry.failures,
    nextAttemptAt: new Date(retry.nextAttemptAt).toISOString(),
  });
}

/** Returns the retry state of an object; undefined when there is none, or none that fits its uid and generation. */
export function readRetry(metadata: ObjectMeta, text: string, now: number): Retry | undefined {
  const value = parse(text);
  if (value?.uid !== metadata.uid || value?.generation !== metadata.generation) return;
  // Nothing is converted: an object whose toString is no function would throw, at each visit anew.
  const { failures, nextAttemptAt: date, ...tried } = value ?? {};
  if (typeof failures !== 'number' || typeof date !== 'string') return;
  const nextAttemptAt = Date.parse(date);
  if (!Number.isInteger(failures) || failures < 1 || Number.isNaN(nextAttemptAt)) return;
  return {
    failures: Math.min(failures, MAX_FAILURES),
    // Nobody waits that long: the date was forged, and an attempt puts it right. Cut to a longest wait from now, it would
    // be as far away at each look.
    nextAttemptAt: nextAttemptAt > now + LONGEST_MS + MARGIN_MS ? now : nextAttemptAt,
    ...triedIn(tried),
  };
}

type Told = Pick<Retry, 'revision' | 'request' | 'fetched'>;

function triedIn({ revision, request, fetched }: Record<string, unknown>): Told {
  return {
    ...(typeof revision === 'string' && { revision }),
    ...(typeof request === 'string' && { request }),
    ...(fetched === true && { fetched }),
  };
}

function parse(text: string): Record<string, unknown> | undefined {
  if (text === '' || text.length > MAX_LENGTH) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
