import { messageOf } from '../gitops/errors.ts';
import type { Log } from '../gitops/log.ts';
import type { Change } from '../gitops/plan.ts';
import { type Outcome, reconcile } from '../gitops/reconcile.ts';
import type { Trigger } from '../gitops/visit.ts';
import type { Context } from './context.ts';

/** Visits the WebApp that an event or the tick names, logs how it went, and looks again when a retry is due. */
export async function onWebAppEvent(
  trigger: Trigger,
  context: Context,
  signal: AbortSignal,
): Promise<Outcome> {
  const { namespace, name } = trigger.key;
  const reconcileId = crypto.randomUUID();
  const log = context.log.child({
    'webapp.namespace': namespace,
    'webapp.name': name,
    reconcileId,
  });
  const start = performance.now();
  const { clock, handled } = context;
  const outcome = await reconcile(trigger, {
    cluster: context.cluster(signal),
    clock,
    handled,
    log,
  });
  report(outcome, log, Math.round(performance.now() - start));
  if (outcome.kind === 'retry') retryLater(trigger, context, outcome.afterMs);
  return outcome;
}

function retryLater(trigger: Trigger, context: Context, afterMs: number): void {
  const { namespace, name } = trigger.key;
  context.later(`WebApp/${namespace}/${name}`, afterMs, () =>
    onWebAppEvent(
      { ...trigger, full: true },
      context,
      AbortSignal.timeout(context.config.timeoutMs),
    ),
  );
}

function report(outcome: Outcome, log: Log, durationMs: number): void {
  switch (outcome.kind) {
    case 'gone':
    case 'quiet':
      return;
    case 'settled':
      log.info({ durationMs, changes: outcome.changes.map(summary) }, 'Reconciliation completed');
      return;
    case 'retry':
      log.warn(
        { durationMs, error: messageOf(outcome.cause), retryAfterMs: outcome.afterMs },
        'Retryable error; will try again',
      );
      return;
    case 'stalled':
      log.error(
        { durationMs, error: messageOf(outcome.cause) },
        'Permanent error; waits for a change',
      );
  }
}

/** Paths only: a value may be a secret that somebody put into an environment variable. */
function summary(change: Change): string {
  const fields = 'fields' in change ? `: ${change.fields.map(({ path }) => path).join(', ')}` : '';
  return `${change.kind} ${change.of.kind}${fields}`;
}
