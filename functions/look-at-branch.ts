// A push may have come without a webhook: from time to time the Git server is asked for the head of the branch.
import type { Cluster } from '../gitops/cluster.ts';
import { messageOf } from '../gitops/errors.ts';
import { WEBAPP_SOURCE } from '../gitops/kinds.ts';
import type { ObjectKey } from '../gitops/objects.ts';
import { credentialsOf } from '../gitops/sync/source-files.ts';
import { commitOf } from '../gitops/sync/source-status.ts';
import type { SyncOutcome } from '../gitops/sync/sync.ts';
import type { WebAppSource } from '../gitops/webapp.ts';
import { type AttemptTime, attemptTime } from './attempt-time.ts';
import type { Context } from './context.ts';
import { onSourceEvent } from './on-source-event.ts';

interface Look {
  readonly context: Context;
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
}

/** Returns whether the branch holds another commit than the one tried last. Fails as the Git server does. */
export async function hasMoved(
  source: WebAppSource,
  { context, cluster, signal }: Look,
): Promise<boolean> {
  const { url, branch } = source.spec;
  const credentials = await credentialsOf(source, cluster);
  const head = await context.repositories.head({
    url,
    branch,
    signal,
    ...(credentials && { credentials }),
  });
  return head !== commitOf(branch, source.status.lastAttemptedRevision);
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
  const moved = await hasMoved(source, { context, cluster, signal: time.beginning }).catch(
    (error: unknown) => {
      context.log.warn({ ...key, error: messageOf(error) }, 'The branch could not be looked at');
      return false;
    },
  );
  if (!moved) return { kind: 'quiet' };
  context.metrics.visits.due(WEBAPP_SOURCE, 'moved');
  return onSourceEvent({ key, force: 'changed' }, context, time);
}
