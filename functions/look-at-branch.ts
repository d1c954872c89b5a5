// A push may have come without a webhook: from time to time the Git server is asked for the head of the branch.
import type { Cluster } from '../gitops/cluster.ts';
import { messageOf } from '../gitops/errors.ts';
import { WEBAPP_SOURCE } from '../gitops/kinds.ts';
import type { ObjectKey } from '../gitops/objects.ts';
import { credentialsOf } from '../gitops/sync/source-files.ts';
import type { SyncOutcome } from '../gitops/sync/sync.ts';
import { triedLast } from '../gitops/sync/tried-last.ts';
import type { WebAppSource } from '../gitops/webapp.ts';
import { type AttemptTime, attemptTime } from './attempt-time.ts';
import type { Context } from './context.ts';
import { onSourceEvent } from './on-source-event.ts';

interface Look {
  readonly context: Context;
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
}

/** Returns the head of the branch where it is another commit than the one tried last. Fails as the Git server does. */
export async function movedTo(
  source: WebAppSource,
  { context, cluster, signal }: Look,
): Promise<string | undefined> {
  const { url, branch } = source.spec;
  const credentials = await credentialsOf(source, cluster);
  const head = await context.repositories.head({
    url,
    branch,
    signal,
    ...(credentials && { credentials }),
  });
  return head === triedLast(source, context.clock.now()) ? undefined : head;
}

/** A Git server tells of a push sooner than each of its replicas shows it. Milliseconds. */
const STALE_MS = 20_000;

/** Has the branch looked at once more, as the news that was told may only not have been there yet. */
export function lookAgain(key: ObjectKey, context: Context): void {
  const due = { of: WEBAPP_SOURCE, key, check: 'moved' } as const;
  const run = () => syncIfMoved(key, context, attemptTime(context.config.timeoutMs));
  context.later({ key: `look ${key.namespace}/${key.name}`, due, run }, STALE_MS);
}

/** Syncs a source whose branch has moved. A Git server that is away has it looked at when its turn comes again. */
export async function syncIfMoved(
  key: ObjectKey,
  context: Context,
  time: AttemptTime,
): Promise<SyncOutcome> {
  const cluster = context.cluster(time.work);
  const source = (await cluster.get(WEBAPP_SOURCE, key)) as WebAppSource | undefined;
  if (source === undefined) return { kind: 'gone' };
  const look = { context, cluster, signal: time.beginning };
  const head = await movedTo(source, look).catch((error: unknown) => {
    context.log.warn({ ...key, error: messageOf(error) }, 'The branch could not be looked at');
    return undefined;
  });
  return head === undefined ? { kind: 'quiet' } : syncMoved({ key, head }, context, time);
}

/** Syncs a source whose branch was just seen at another commit than the one tried last. */
export function syncMoved(
  moved: { readonly key: ObjectKey; readonly head: string },
  context: Context,
  time: AttemptTime,
): Promise<SyncOutcome> {
  context.metrics.visits.due(WEBAPP_SOURCE, 'moved');
  return onSourceEvent({ ...moved, force: 'changed' }, context, time);
}
