import { WEBAPP_SOURCE } from '../gitops/kinds.ts';
import { type SyncOutcome, type SyncTrigger, sync } from '../gitops/sync/sync.ts';
import type { AttemptTime } from './attempt-time.ts';
import type { Context } from './context.ts';
import { visit } from './visit.ts';

/** Syncs the WebAppSource that an event or the tick names, logs how it went, and looks again when a retry is due. */
export function onSourceEvent(
  trigger: SyncTrigger,
  context: Context,
  time: AttemptTime,
): Promise<SyncOutcome> {
  const { namespace, name } = trigger.key;
  const { clock, repositories, policies, metrics, config, log, telemetry } = context;
  const meter = metrics.policies;
  const world = () => ({
    ...{ policies, meter, clock, repositories, log, trace: telemetry },
    cluster: context.cluster(time.work),
    bookkeeping: context.cluster(time.all),
    signal: time.beginning,
    isOver: time.isOver,
    defaultAccount: config.defaultAccount,
  });
  return visit(
    {
      due: { of: WEBAPP_SOURCE, key: trigger.key, check: trigger.force },
      span: 'sync',
      facts: {
        'source.namespace': namespace,
        'source.name': name,
        syncId: crypto.randomUUID(),
      },
      work: async () => {
        using text = context.texts.enter();
        return await sync(trigger, { ...world(), text });
      },
      // By then another commit may have failed, and wait.
      again: (next) => onSourceEvent({ ...trigger, head: undefined }, context, next),
      tell: ({ done }, durationMs) => {
        const { applied, pruned, problems, postponed } = done;
        const counts = { problems: problems.length, postponed };
        log.info({ durationMs, applied, pruned, ...counts }, 'Sync completed');
      },
      count: metrics.visits.synced,
    },
    context,
  );
}
