import { WEBAPP_SOURCE } from '../gitops/kinds.ts';
import { type SyncOutcome, type SyncTrigger, sync } from '../gitops/sync/sync.ts';
import type { Context } from './context.ts';
import { visit } from './visit.ts';

/** The rest of the time is for the writes under way and for recording what was done, or that Git took too long. */
const BEGINNING_SHARE = 0.6;

/** A Git server tells of a push sooner than each of its replicas shows it. Milliseconds. */
const STALE_MS = 20_000;

/**
 * Syncs the WebAppSource that an event or the tick names, logs how it went, and looks again when a retry is due, or when
 * the news that it was asked to look for may only not have been there yet.
 */
export async function onSourceEvent(
  trigger: SyncTrigger,
  context: Context,
  signal: AbortSignal,
): Promise<SyncOutcome> {
  const outcome = await syncOnce(trigger, context, signal);
  if (outcome.kind === 'synced' && outcome.noNews) lookLater(trigger, context);
  return outcome;
}

function lookLater({ key }: SyncTrigger, context: Context): void {
  const due = { of: WEBAPP_SOURCE, key, check: 'moved' } as const;
  const run = () =>
    onSourceEvent(
      { key, force: 'changed' },
      context,
      AbortSignal.timeout(context.config.timeoutMs),
    );
  context.later({ key: `look ${key.namespace}/${key.name}`, due, run }, STALE_MS);
}

function syncOnce(
  trigger: SyncTrigger,
  context: Context,
  signal: AbortSignal,
): Promise<SyncOutcome> {
  const { namespace, name } = trigger.key;
  const { clock, repositories, policies, metrics, config, log, telemetry } = context;
  const meter = metrics.policies;
  const beginningMs = config.timeoutMs * BEGINNING_SHARE;
  const world = () => ({
    ...{ policies, meter, clock, repositories, log, trace: telemetry },
    cluster: context.cluster(signal),
    signal: AbortSignal.any([signal, AbortSignal.timeout(beginningMs)]),
    deadline: clock.now() + beginningMs,
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
      work: () => sync(trigger, world()),
      again: (next) => onSourceEvent(trigger, context, next),
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
