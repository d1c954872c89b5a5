// A replica of a Git server that is behind looks like a branch that was set back: it is older than what was applied. Only
// time tells them apart, so that an old head is followed, or refused, once it was seen for a while. What was seen, and until
// when to wait, is what the failure leaves on the source: its condition, and its back-off.
import { retryOf } from '../attempts.ts';
import { conditionOf } from '../conditions.ts';
import { RetryableError } from '../errors.ts';
import { SetBackNotVerified } from '../repository.ts';
import type { WebAppSource } from '../webapp.ts';
import { commitOf } from './source-status.ts';

/** Replicas catch up sooner than that. Milliseconds. */
const SETTLED_MS = 20_000;
const REASON = 'BranchSetBack';

/**
 * Returns the commit that a sync began or tried last, of which something may be applied. Undefined under another spec, which
 * may name another repository.
 */
export function triedIn({ spec, status, metadata }: WebAppSource): string | undefined {
  if (status.observedGeneration !== metadata.generation) return undefined;
  return commitOf(spec.branch, status.applyingRevision ?? status.lastAttemptedRevision);
}

/** An older head, and what becomes of it after the wait. */
interface OldHead {
  readonly commit: string;
  readonly fate: 'followed' | 'refused';
}

/**
 * Throws the error of a fetch. Where the branch was set back to what is not verified, that is BranchSetBack first: such a
 * head is never followed, but a replica that is behind needs no person.
 */
export function refuseFetch(source: WebAppSource, error: unknown, now: number): never {
  const isNews = error instanceof SetBackNotVerified && !isTold(source, error);
  if (isNews) awaitReplicas(source, { commit: error.commit, fate: 'refused' }, now);
  throw error;
}

/**
 * Throws RetryableError BranchSetBack unless an earlier sync found the branch at the same commit, older than what was tried
 * last, and its wait is over by `now` (milliseconds since the epoch). Another look, or a request, ends no wait.
 */
export function awaitReplicas(source: WebAppSource, { commit, fate }: OldHead, now: number): void {
  const { spec } = source;
  // Of another spec's status nothing was tried, so the condition is of this one.
  const message = `${spec.branch} is at ${commit}, which is not newer than ${triedIn(source)}: ${fate} if it still is there in ${SETTLED_MS / 1_000} s`;
  const retry = retryOf(source, now);
  const leftMs = isTold(source, { reason: REASON, message })
    ? (retry?.nextAttemptAt ?? now) - now
    : SETTLED_MS;
  if (leftMs > 0) throw new RetryableError(REASON, message, { retryAfterMs: leftMs });
}

function isTold(
  { status }: WebAppSource,
  { reason, message }: { reason: string; message: string },
): boolean {
  const told = conditionOf(status.conditions, 'Ready');
  return told?.reason === reason && told.message === message;
}
