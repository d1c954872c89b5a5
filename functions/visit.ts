// What a visit of a WebApp and of a WebAppSource have in common: its end is logged with what it took, and a retry
// that is due is tried in this process, too.
import { messageOf } from '../gitops/errors.ts';
import type { Log } from '../gitops/log.ts';
import type { Context } from './context.ts';
import type { Due } from './visit-due.ts';

/** How any visit can end; one that did something has a kind of its own. */
export type Ending =
  | { readonly kind: 'gone' | 'quiet' }
  | { readonly kind: 'retry'; readonly afterMs: number; readonly cause: unknown }
  | { readonly kind: 'stalled'; readonly cause: unknown };

/** One visit: which, the work, and how to do it again later. */
export interface Visit<T> {
  readonly due: Due;
  readonly log: Log;
  readonly work: () => Promise<T>;
  readonly again: (signal: AbortSignal) => Promise<unknown>;
  /** Says what was done, with the milliseconds it took. */
  readonly tell: (outcome: Exclude<T, Ending>, durationMs: number) => void;
  /** Counts how it ended, unless there was nothing to do, with the seconds it took; no outcome: nothing could be recorded. */
  readonly count: (outcome: T | undefined, seconds: number) => void;
}

/** Runs a visit and returns its outcome. */
export async function visit<T extends Ending | { readonly kind: string }>(
  { due, log, work, again, tell, count }: Visit<T>,
  { later, config, metrics }: Context,
): Promise<T> {
  const start = performance.now();
  const counted = (outcome?: T) => count(outcome, (performance.now() - start) / 1_000);
  const outcome: T = await work().catch((error: unknown) => {
    counted();
    throw error;
  });
  if (outcome.kind !== 'quiet') counted(outcome);
  const durationMs = Math.round(performance.now() - start);
  const ending = outcome as Ending;
  if (ending.kind === 'retry') {
    const retry = { error: messageOf(ending.cause), retryAfterMs: ending.afterMs };
    log.warn({ durationMs, ...retry }, 'Retryable error; will try again');
    const { of, key } = due;
    const run = () => {
      metrics.visits.retried(of);
      return again(AbortSignal.timeout(config.timeoutMs));
    };
    later({ key: `${of.kind}/${key.namespace}/${key.name}`, due, run }, ending.afterMs);
  } else if (ending.kind === 'stalled') {
    log.error(
      { durationMs, error: messageOf(ending.cause) },
      'Permanent error; waits for a change',
    );
  } else if (ending.kind !== 'gone' && ending.kind !== 'quiet') {
    tell(outcome as Exclude<T, Ending>, durationMs);
  }
  return outcome;
}
