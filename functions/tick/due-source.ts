// Which WebAppSources a tick finds due, and whose turn comes first.
import { isBackingOff, retryOf } from '../../gitops/attempts.ts';
import type { Retry } from '../../gitops/backoff.ts';
import { conditionOf } from '../../gitops/conditions.ts';
import { durationMs, isDue } from '../../gitops/due.ts';
import { isSourceObserved } from '../../gitops/sync/sync.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import type { Check } from '../cloud-event.ts';
import { type DueReason, dueReason } from './due-reason.ts';
import type { Pace } from './due-webapp.ts';

/** A WebAppSource that is due, and why. Those with a smaller `turn` come first; turns within 1 of each other are equal. */
export interface DueSource {
  readonly source: WebAppSource;
  readonly reason: DueReason;
  /** What to look at though nothing was asked for; `moved` is to find out first whether the branch has. */
  readonly check: Check | undefined;
  readonly turn: number;
}

/** As of WebApps: full checks are due at this tick alone, and what has failed goes last, first what waits longest. */
const [FIRST, SECOND] = [0, 1];

/** Returns a source that is due at this tick; undefined where it is not. */
export function dueSource(source: WebAppSource, pace: Pace): DueSource | undefined {
  const { spec, status } = source;
  if (spec.suspend) return undefined;
  const retry = retryOf(source, pace.now);
  if (retry && isBackingOff(source, status.lastHandledReconcileAt, pace.now))
    return dueInBackoff(source, retry, pace);
  const isObserved = isSourceObserved(source);
  const check = checkOf(source, pace);
  if (check === undefined && isObserved) return undefined;
  const reason = dueReason(source, isObserved, check === 'all' ? 'drift' : 'moved');
  const turn = retry?.nextAttemptAt ?? (check === 'all' ? FIRST : SECOND);
  return { source, reason, check, turn };
}

/** The fix may have been pushed without a webhook. A Git server that failed is left alone until the next attempt. */
function dueInBackoff(source: WebAppSource, retry: Retry, pace: Pace): DueSource | undefined {
  if (!retry.fetched || !isLookDue(source, pace)) return undefined;
  return { source, reason: 'moved', check: 'moved', turn: retry.nextAttemptAt };
}

function checkOf(source: WebAppSource, { now, tickMs, driftMs }: Pace): Check | undefined {
  const { uid = '' } = source.metadata;
  if (isCutOff(source)) return 'changed';
  if (isDue(uid, driftMs, { now, tickMs })) return 'all';
  // One that waits for a sync anyway needs no look, and a Git server that is away must not keep it from saying so.
  if (!isSourceObserved(source)) return undefined;
  return isLookDue(source, { now, tickMs }) ? 'moved' : undefined;
}

function isLookDue({ metadata, spec }: WebAppSource, pace: Pick<Pace, 'now' | 'tickMs'>): boolean {
  return isDue(metadata.uid ?? '', durationMs(spec.interval), pace);
}

/** The last sync was killed, or is under way: another one does that no harm. One that stalled waits for a change. */
function isCutOff({ status }: WebAppSource): boolean {
  const isStalled = conditionOf(status.conditions, 'Stalled')?.status === 'True';
  return status.applyingRevision !== undefined && !isStalled;
}
