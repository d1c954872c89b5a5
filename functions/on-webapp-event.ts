import { type Kind, WEBAPP } from '../gitops/kinds.ts';
import type { Change } from '../gitops/reconcile/plan.ts';
import { type Outcome, reconcile, type Settled } from '../gitops/reconcile/reconcile.ts';
import type { Trigger } from '../gitops/reconcile/visit.ts';
import type { AttemptTime } from './attempt-time.ts';
import type { Context } from './context.ts';
import { visit } from './visit.ts';

/** Visits the WebApp that an event or the tick names, logs how it went, and looks again when a retry is due. */
export function onWebAppEvent(
  trigger: Trigger,
  context: Context,
  time: AttemptTime,
): Promise<Outcome> {
  const { namespace, name } = trigger.key;
  const { clock, handled, corrections, policies, metrics, log, telemetry } = context;
  const meter = metrics.policies;
  return visit(
    {
      due: { of: WEBAPP, key: trigger.key },
      span: 'reconcile',
      facts: {
        'webapp.namespace': namespace,
        'webapp.name': name,
        reconcileId: crypto.randomUUID(),
      },
      work: () =>
        reconcile(trigger, {
          cluster: context.cluster(time.work),
          bookkeeping: context.cluster(time.all),
          policies,
          meter,
          clock,
          handled,
          corrections,
          log,
          trace: telemetry,
        }),
      again: (next) => onWebAppEvent({ ...trigger, full: true }, context, next),
      tell: (settled, durationMs) =>
        log.info({ durationMs, ...summaryOf(settled) }, 'Reconciliation completed'),
      count: (outcome, seconds) => metrics.visits.reconciled(trigger.key, outcome, seconds),
    },
    context,
  );
}

const DONE: Readonly<Record<Change['kind'], string>> = {
  create: 'created',
  apply: 'configured',
  patch: 'configured',
  delete: 'deleted',
};

/** Returns what became of each child, in the words of kubectl, and the fields that were set. */
function summaryOf({ webapp, changes, unchanged }: Settled) {
  const nameOf = ({ kind }: Kind) => `${kind}/${webapp.metadata.name}`;
  const done = changes.map(({ of, kind }) => [nameOf(of), DONE[kind]] as const);
  const left = unchanged.map((of) => [nameOf(of), 'unchanged'] as const);
  // Paths only: a value may be a secret that somebody put into an environment variable.
  const fields = changes.flatMap((change) =>
    'fields' in change ? [[nameOf(change.of), change.fields.map(({ path }) => path)] as const] : [],
  );
  return {
    changes: Object.fromEntries([...done, ...left]),
    ...(fields.length > 0 && { fields: Object.fromEntries(fields) }),
  };
}
