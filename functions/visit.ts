// What a visit of a WebApp and of a WebAppSource have in common: its end is logged with what it took, and a retry
// that is due is tried in this process, too.
import { messageOf } from '../gitops/errors.ts';
import type { Facts } from '../gitops/trace.ts';
import { UNRECORDED } from './answer.ts';
import { type AttemptTime, attemptTime } from './attempt-time.ts';
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
  /** Name of its span. */
  readonly span: 'reconcile' | 'sync';
  /** What each of its lines in the log says. */
  readonly facts: Facts;
  readonly work: () => Promise<T>;
  readonly again: (time: AttemptTime) => Promise<unknown>;
  /** Says what was done, with the milliseconds it took. */
  readonly tell: (outcome: Exclude<T, Ending>, durationMs: number) => void;
  /** Counts how it ended, unless there was nothing to do, with the seconds it took; no outcome: nothing could be recorded. */
  readonly count: (outcome: T | undefined, seconds: number) => void;
}

/** Runs a visit and returns its outcome. */
export function visit<T extends Ending | { readonly kind: string }>(
  one: Visit<T>,
  context: Context,
): Promise<T> {
  const { span: name, facts, work, count } = one;
  return context.telemetry.visit({ name, facts }, async (failed) => {
    const start = performance.now();
    const took = () => performance.now() - start;
    const outcome: T = await work().catch((error: unknown) => {
      count(undefined, took() / 1_000);
      context.log.error({ durationMs: Math.round(took()), err: error }, UNRECORDED);
      throw error;
    });
    if (outcome.kind !== 'quiet') count(outcome, took() / 1_000);
    if ('cause' in outcome) failed(outcome.cause);
    conclude(one, outcome, { ...context, durationMs: Math.round(took()) });
    return outcome;
  });
}

function conclude<T extends Ending | { readonly kind: string }>(
  { due, again, tell }: Visit<T>,
  outcome: T,
  { log, later, config, metrics, durationMs }: Context & { durationMs: number },
): void {
  const ending = outcome as Ending;
  if (ending.kind === 'retry') {
    const retry = { error: messageOf(ending.cause), retryAfterMs: ending.afterMs };
    log.warn({ durationMs, ...retry }, 'Retryable error; will try again');
    const { of, key } = due;
    const run = () => {
      metrics.visits.retried(of);
      return again(attemptTime(config.timeoutMs));
    };
    const name = `${of.kind}/${key.namespace}/${key.name}`;
    later({ key: name, due, run, isRetry: true }, ending.afterMs);
  } else if (ending.kind === 'stalled') {
    log.error(
      { durationMs, error: messageOf(ending.cause) },
      'Permanent error; waits for a change',
    );
  } else if (ending.kind !== 'gone' && ending.kind !== 'quiet') {
    tell(outcome as Exclude<T, Ending>, durationMs);
  }
}
