// The WebAppSources of a tick: which are due, whose branch is to be looked at, and which merges are to be told.
import { isBackingOff } from '../../gitops/attempts.ts';
import { pagesOf } from '../../gitops/cluster.ts';
import { conditionOf } from '../../gitops/conditions.ts';
import { durationMs, isDue } from '../../gitops/due.ts';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { isSourceObserved } from '../../gitops/sync/sync.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import type { Check } from '../cloud-event.ts';
import { hasMoved } from '../look-at-branch.ts';
import { hasEndings, tellEndings } from '../review/endings.ts';
import { handOut, isVisited } from '../visit-due.ts';
import { dueReason } from './due-reason.ts';
import { type Run, tried, visitEach } from './run.ts';

/** Has the sources visited that are due, and returns how many. */
export async function tickSources(run: Run): Promise<number> {
  let visited = 0;
  for await (const { items } of pagesOf(run.cluster, WEBAPP_SOURCE)) {
    const visit = (object: KubeObject) => tickSource(run, object as WebAppSource);
    visited += await visitEach(
      run,
      items.map((object) => ({ object, visit: () => visit(object) })),
    );
    if (run.signal.aborted) break;
  }
  return visited;
}

async function tickSource(run: Run, source: WebAppSource): Promise<boolean> {
  const { context, now } = run;
  const { metadata, spec, status } = source;
  run.census.addSource(source);
  await tellMerges(run, source);
  if (!isVisited(WEBAPP_SOURCE, context)) return false;
  if (spec.suspend || isBackingOff(source, status.lastHandledReconcileAt, now)) return false;
  const check = await checkOf(run, source);
  if (check === undefined && isSourceObserved(source)) return false;
  const found = check === 'all' ? 'drift' : 'moved';
  const reason = dueReason(source, isSourceObserved(source), found);
  // Whoever looks at the branch counts what has moved.
  if (check !== 'moved') context.metrics.visits.due(WEBAPP_SOURCE, reason);
  const key = { namespace: metadata.namespace ?? '', name: metadata.name };
  await handOut({ of: WEBAPP_SOURCE, key, check }, context);
  return true;
}

async function tellMerges(run: Run, source: WebAppSource): Promise<void> {
  if (!run.context.config.serve.has('reviews')) return;
  run.unheard.push(source);
  // A forge that is away must not keep a source from being applied.
  if (hasEndings(source)) await tried(run, source, () => tellEndings(source, run));
}

async function checkOf(run: Run, source: WebAppSource): Promise<Check | undefined> {
  const { driftMs, tickMs } = run.context.config;
  const { uid = '' } = source.metadata;
  if (isCutOff(source)) return 'changed';
  const window = { now: run.now, tickMs };
  if (isDue(uid, driftMs, window)) return 'all';
  // One that waits for a sync anyway needs no look, and a Git server that is away must not keep it from saying so.
  if (!isSourceObserved(source)) return undefined;
  if (!isDue(uid, durationMs(source.spec.interval), window)) return undefined;
  // With a sink the tick needs no right to Secrets and no way to the Git server: whoever syncs has them.
  if (run.context.sink) return 'moved';
  return (await hasMoved(source, run)) ? 'changed' : undefined;
}

/** The last sync was killed, or is under way: another one does that no harm. One that stalled waits for a change. */
function isCutOff({ status }: WebAppSource): boolean {
  const isStalled = conditionOf(status.conditions, 'Stalled')?.status === 'True';
  return status.applyingRevision !== undefined && !isStalled;
}
