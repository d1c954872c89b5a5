// The story of one sync: fetch, read the files that changed, plan, apply, prune, record.
import equal from 'fast-deep-equal';
import { classify, isConflict } from '../api-error.ts';
import {
  type Clock,
  clearFailures,
  countFailure,
  despiteConflicts,
  isBackingOff,
} from '../attempts.ts';
import { type Cluster, pagesOf } from '../cluster.ts';
import { WEBAPP, WEBAPP_SOURCE } from '../kinds.ts';
import type { Log } from '../log.ts';
import type { KubeObject, ObjectKey } from '../objects.ts';
import type { PolicyReader } from '../policy/reader.ts';
import type { Repositories } from '../repository.ts';
import type { WebAppSourceStatus } from '../webapp.gen.ts';
import { ANNOTATION, annotation, LABEL, type WebAppSource } from '../webapp.ts';
import { policiesMoved } from './policy-files.ts';
import { publishPolicies } from './publish-policies.ts';
import { credentialsOf, readChanged, warnOutside } from './source-files.ts';
import {
  commitOf,
  revisionOf,
  type Synced,
  statusOfSourceFailure,
  statusOfSourceSuspension,
  statusOfSync,
} from './source-status.ts';
import { type Applied, applyPlan } from './sync-apply.ts';
import { openGate } from './sync-gate.ts';
import { type InventoryEntry, planSync } from './sync-plan.ts';

/** What a sync works with. */
export interface SyncSurroundings {
  readonly cluster: Cluster;
  readonly repositories: Repositories;
  readonly policies: PolicyReader;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  /** When no further WebApp is begun, in milliseconds since the epoch; what is left goes on in the next visit. */
  readonly deadline: number;
}

/** Which source, and whether to look at its branch though nothing was asked for. */
export interface SyncTrigger {
  readonly key: ObjectKey;
  /** changed: read what the branch has new. all: compare every file with the cluster. */
  readonly force?: 'changed' | 'all';
}

/** How a sync ended. */
export type SyncOutcome =
  | { readonly kind: 'gone' }
  | { readonly kind: 'quiet' }
  | { readonly kind: 'synced'; readonly done: Done }
  | { readonly kind: 'unfinished'; readonly done: Done }
  | { readonly kind: 'retry'; readonly afterMs: number; readonly cause: unknown }
  | { readonly kind: 'stalled'; readonly cause: unknown };

/** What a sync did, by name of WebApp. */
export type Done = Synced & Applied;

/**
 * Brings the WebApps of one source to what its branch says. Failures are recorded on the source and returned; it
 * throws only when nothing could be recorded.
 */
export function sync(trigger: SyncTrigger, world: SyncSurroundings): Promise<SyncOutcome> {
  return despiteConflicts((conflicts) =>
    // Somebody else recorded a sync meanwhile, perhaps of an older commit whose writes came after ours:
    // comparing all files is what makes an older commit never stay.
    visitSource(conflicts > 0 ? { ...trigger, force: 'all' } : trigger, world),
  );
}

async function visitSource(trigger: SyncTrigger, world: SyncSurroundings): Promise<SyncOutcome> {
  const source = (await world.cluster.get(WEBAPP_SOURCE, trigger.key)) as WebAppSource | undefined;
  if (source === undefined || source.metadata.deletionTimestamp) return { kind: 'gone' };
  if (isBackingOff(source, source.status.lastHandledReconcileAt, world.clock.now()))
    return { kind: 'quiet' };
  if (!trigger.force && isSourceObserved(source)) return { kind: 'quiet' };
  if (source.spec.suspend) {
    await record(source, statusOfSourceSuspension(source, world.clock.now()), world.cluster);
    return { kind: 'quiet' };
  }
  try {
    return await follow(source, trigger.force === 'all', world);
  } catch (error) {
    if (isConflict(error)) throw error;
    return recordFailure(source, classify(error), world);
  }
}

/** Returns whether nothing about the source itself changed since its status was written. */
export function isSourceObserved(source: WebAppSource): boolean {
  const { metadata, status } = source;
  return (
    status.observedGeneration === metadata.generation &&
    annotation(source, ANNOTATION.requestedAt) === (status.lastHandledReconcileAt ?? '') &&
    annotation(source, ANNOTATION.retry) === ''
  );
}

async function follow(
  source: WebAppSource,
  full: boolean,
  world: SyncSurroundings,
): Promise<SyncOutcome> {
  const { cluster, clock, deadline } = world;
  const snapshot = await fetchSource(source, full, world);
  const revision = revisionOf(source.spec.branch, snapshot.commit);
  const whole = snapshot.history === 'first' || snapshot.history === 'rewritten';
  const files = await readChanged(source, snapshot);
  const live = await lookAt(source, { full, whole }, cluster);
  const inventory = withOrphans(source.status.inventory ?? [], live);
  const plan = planSync(inventory, files, { whole });
  const isOver = () => clock.now() > deadline;
  const asked = plan.apply.length > 0 || (await policiesMoved(source, snapshot));
  const gate = asked ? await openGate(source, snapshot, world) : undefined;
  if (asked) await publishPolicies(source, gate, { revision, cluster });
  const mode = { cluster, revision, live, inventory, isOver, gate };
  const done = await applyPlan(source, plan, mode);
  const outside = await warnOutside(source, snapshot, cluster);
  const problems = [...(gate?.problems ?? []), ...done.problems, ...outside];
  const policiesDigest = asked ? gate?.repository?.digest : source.status.policiesDigest;
  return recordSync(source, { ...done, revision, problems, policiesDigest }, world);
}

/**
 * Another spec may mean other files, so that what was applied last tells nothing of what has changed. Nor does it after
 * a commit of which only a part was applied: a file that goes back to what it was before has to be applied, too.
 */
async function fetchSource(source: WebAppSource, full: boolean, world: SyncSurroundings) {
  const { spec, status, metadata } = source;
  const { signal, log, cluster, repositories } = world;
  const { url, branch } = spec;
  const moved = status.observedGeneration !== metadata.generation;
  const whole = full || moved || isInPart(source);
  const since = whole ? undefined : commitOf(branch, status.lastAppliedRevision);
  const credentials = await credentialsOf(source, cluster);
  const request = {
    url,
    branch,
    signal,
    ...(since && { since }),
    ...(credentials && { credentials }),
  };
  const snapshot = await repositories.fetch(request);
  const { commit, history } = snapshot;
  if (history === 'rewritten')
    log.warn({ commit, since }, 'Branch was rewritten; all files are read again');
  else log.info({ commit, history, since }, 'Fetched repository');
  return snapshot;
}

/**
 * Returns the live WebApps of the source where most may be as they should: one list is cheaper then than a write
 * for each. Undefined where the files that changed are simply written.
 */
async function lookAt(
  source: WebAppSource,
  { full, whole }: { full: boolean; whole: boolean },
  cluster: Cluster,
): Promise<Map<string, KubeObject> | undefined> {
  const { inventory = [] } = source.status;
  const look = full || isInPart(source) || (whole && inventory.length > 0);
  return look ? listMade(source, cluster) : undefined;
}

/** Whether the commit tried last was not applied as a whole. */
function isInPart({ status }: WebAppSource): boolean {
  const { lastAttemptedRevision, lastAppliedRevision } = status;
  return lastAttemptedRevision !== undefined && lastAttemptedRevision !== lastAppliedRevision;
}

/** The WebApps that carry the source's label, by name. */
async function listMade(
  { metadata }: WebAppSource,
  cluster: Cluster,
): Promise<Map<string, KubeObject>> {
  const found = new Map<string, KubeObject>();
  const { namespace = '', name } = metadata;
  const options = { namespace, labelSelector: `${LABEL.source}=${name}` };
  for await (const { items } of pagesOf(cluster, WEBAPP, options)) {
    for (const item of items) found.set(item.metadata.name, item);
  }
  return found;
}

/** One made just before a crash carries our label but is in no inventory yet. */
function withOrphans(
  inventory: readonly InventoryEntry[],
  live: ReadonlyMap<string, KubeObject> = new Map(),
) {
  const known = new Set(inventory.map(({ name }) => name));
  const orphans = [...live.keys()].filter((name) => !known.has(name));
  return [...inventory, ...orphans.map((name) => ({ name, path: '' }))];
}

async function recordSync(
  source: WebAppSource,
  done: Done,
  world: SyncSurroundings,
): Promise<SyncOutcome> {
  for (const problem of done.problems) world.log.warn({ ...problem }, 'Problem in repository');
  const { failure } = done;
  const { object, afterMs } =
    failure === undefined
      ? { object: await clearFailures(WEBAPP_SOURCE, source, world.cluster), afterMs: undefined }
      : await countFailure(WEBAPP_SOURCE, source, { error: failure, ...world });
  await record(object, statusOfSync(object, done, world.clock.now()), world.cluster);
  if (afterMs !== undefined) return { kind: 'retry', afterMs, cause: failure };
  return { kind: done.postponed > 0 ? 'unfinished' : 'synced', done };
}

async function recordFailure(
  source: WebAppSource,
  error: unknown,
  world: SyncSurroundings,
): Promise<SyncOutcome> {
  const { object, afterMs } = await countFailure(WEBAPP_SOURCE, source, { error, ...world });
  await record(object, statusOfSourceFailure(object, error, world.clock.now()), world.cluster);
  return afterMs === undefined
    ? { kind: 'stalled', cause: error }
    : { kind: 'retry', afterMs, cause: error };
}

/**
 * Writes the status on condition that nobody else wrote one. A push that stamped the source meanwhile is no
 * reason to do all the work again: the stamp stays unanswered and brings the next visit.
 */
async function record(
  source: WebAppSource,
  status: WebAppSourceStatus,
  cluster: Cluster,
): Promise<void> {
  if (equal(status, source.status)) return;
  try {
    await cluster.applyStatus(WEBAPP_SOURCE, source, status);
  } catch (error) {
    const { namespace = '', name, uid } = source.metadata;
    const fresh = isConflict(error) && (await cluster.get(WEBAPP_SOURCE, { namespace, name }));
    if (!fresh || fresh.metadata.uid !== uid || !equal(fresh.status, source.status)) throw error;
    await cluster.applyStatus(WEBAPP_SOURCE, fresh, status);
  }
}
