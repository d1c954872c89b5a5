import { messageOf } from '../gitops/errors.ts';
import type { Log } from '../gitops/log.ts';
import { type SyncOutcome, type SyncTrigger, sync } from '../gitops/sync.ts';
import type { Context } from './context.ts';

const WRITING_SHARE = 0.6;

/** Syncs the WebAppSource that an event or the tick names, logs how it went, and looks again when a retry is due. */
export async function onSourceEvent(
  trigger: SyncTrigger,
  context: Context,
  signal: AbortSignal,
): Promise<SyncOutcome> {
  const { namespace, name } = trigger.key;
  const syncId = crypto.randomUUID();
  const log = context.log.child({ 'source.namespace': namespace, 'source.name': name, syncId });
  const start = performance.now();
  const { clock, repositories } = context;
  const outcome = await sync(trigger, {
    cluster: context.cluster(signal),
    clock,
    repositories,
    log,
    signal,
    // The rest of the time is for the writes under way and for recording what was done.
    deadline: clock.now() + context.config.timeoutMs * WRITING_SHARE,
  });
  report(outcome, log, Math.round(performance.now() - start));
  if (outcome.kind === 'retry') {
    context.later(`WebAppSource/${namespace}/${name}`, outcome.afterMs, () =>
      onSourceEvent(trigger, context, AbortSignal.timeout(context.config.timeoutMs)),
    );
  }
  return outcome;
}

function report(outcome: SyncOutcome, log: Log, durationMs: number): void {
  switch (outcome.kind) {
    case 'gone':
    case 'quiet':
      return;
    case 'synced':
    case 'unfinished': {
      const { revision, applied, pruned, problems, postponed } = outcome.done;
      const counts = { problems: problems.length, postponed };
      log.info({ durationMs, revision, applied, pruned, ...counts }, 'Sync completed');
      return;
    }
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
