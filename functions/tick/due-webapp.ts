// Which WebApps a tick finds due, and whose turn comes first: it may run out of time before it has begun all.
import { isBackingOff, retryOf } from '../../gitops/attempts.ts';
import { isDue } from '../../gitops/due.ts';
import { isObserved } from '../../gitops/reconcile/visit.ts';
import type { WebApp } from '../../gitops/webapp.ts';
import { type DueReason, dueReason } from './due-reason.ts';

/** A WebApp that is due, and why. Those with a smaller `turn` come first; turns within 1 of each other are equal. */
export interface DueWebApp {
  readonly webapp: WebApp;
  readonly reason: DueReason;
  readonly turn: number;
}

/** The moment of a tick, and the pace of ticks and of full checks, in milliseconds. */
export interface Pace {
  readonly now: number;
  readonly tickMs: number;
  readonly driftMs: number;
}

/**
 * A full check is due at this tick alone, so it goes before what the next tick finds as due. What has failed goes last,
 * and of that first what waits longest: however many visits hang, they hold up no other, and one another in turn.
 */
const [FIRST, SECOND] = [0, 1];

/** Returns a WebApp that is due at this tick; undefined where it is not. */
export function dueWebApp(webapp: WebApp, { now, tickMs, driftMs }: Pace): DueWebApp | undefined {
  const { metadata, status, spec } = webapp;
  if (isBackingOff(webapp, status.lastHandledReconcileAt, now)) return undefined;
  const isTurn = isDue(metadata.uid ?? '', driftMs, { now, tickMs });
  const isSettled = isObserved(webapp) && (spec.suspend || !isProgressing(webapp));
  if (isSettled && !isTurn) return undefined;
  const reason = dueReason(webapp, isObserved(webapp), isTurn ? 'drift' : 'progressing');
  const retry = retryOf(webapp, now);
  return { webapp, reason, turn: retry?.nextAttemptAt ?? (isTurn ? FIRST : SECOND) };
}

/** A rollout whose events were lost would say Progressing for ever. */
function isProgressing({ status }: WebApp): boolean {
  return status.conditions?.some(({ type }) => type === 'Reconciling') ?? true;
}
