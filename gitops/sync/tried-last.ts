// Which commit a source was tried with last, and whether its failure keeps a sync waiting.
import { isBackingOff, retryOf } from '../attempts.ts';
import type { WebAppSource } from '../webapp.ts';
import { commitOf } from './source-status.ts';

/**
 * Returns the commit that was tried last, by `now` (milliseconds since the epoch). The status does not name one that failed
 * before its files were read; the back-off does.
 */
export function triedLast(source: WebAppSource, now: number): string | undefined {
  const { spec, status } = source;
  const retry = retryOf(source, now);
  return commitOf(spec.branch, retry?.revision ?? status.lastAttemptedRevision);
}

/** Returns whether the next attempt is still to come; a branch that was seen at another `head` does not wait for it. */
export function isWaiting(source: WebAppSource, head: string | undefined, now: number): boolean {
  if (!isBackingOff(source, source.status.lastHandledReconcileAt, now)) return false;
  return head === undefined || head === triedLast(source, now);
}
