import { WEBAPP } from '../gitops/kinds.ts';
import type { Change } from '../gitops/reconcile/plan.ts';
import { type Outcome, reconcile } from '../gitops/reconcile/reconcile.ts';
import type { Trigger } from '../gitops/reconcile/visit.ts';
import type { Context } from './context.ts';
import { visit } from './visit.ts';

/** Visits the WebApp that an event or the tick names, logs how it went, and looks again when a retry is due. */
export function onWebAppEvent(
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
  const { clock, handled, policies, metrics } = context;
  const meter = metrics.policies;
  return visit(
    {
      due: { of: WEBAPP, key: trigger.key },
      log,
      work: () =>
        reconcile(trigger, {
          cluster: context.cluster(signal),
          policies,
          meter,
          clock,
          handled,
          log,
        }),
      again: (next) => onWebAppEvent({ ...trigger, full: true }, context, next),
      tell: ({ changes }, durationMs) =>
        log.info({ durationMs, changes: changes.map(summary) }, 'Reconciliation completed'),
      count: (outcome, seconds) => metrics.visits.reconciled(trigger.key, outcome, seconds),
    },
    context,
  );
}

/** Paths only: a value may be a secret that somebody put into an environment variable. */
function summary(change: Change): string {
  const fields = 'fields' in change ? `: ${change.fields.map(({ path }) => path).join(', ')}` : '';
  return `${change.kind} ${change.of.kind}${fields}`;
}
