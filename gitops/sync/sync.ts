// The story of one sync: fetch, read the files that changed, plan, apply, prune, record.
import equal from 'fast-deep-equal';
import { classify, isConflict } from '../api-error.ts';
import { type Clock, clearFailures, countFailure, despiteConflicts } from '../attempts.ts';
import type { Cluster } from '../cluster.ts';
import { isPermanent, messageOf } from '../errors.ts';
import { tellFailure } from '../events.ts';
import { type Failed, recordFailure } from '../failure.ts';
import { WEBAPP_SOURCE } from '../kinds.ts';
import type { Log } from '../log.ts';
import type { ObjectKey } from '../objects.ts';
import type { PolicyMeter } from '../policy/meter.ts';
import type { PolicyReader } from '../policy/reader.ts';
import type { Repositories } from '../repository.ts';
import type { Trace } from '../trace.ts';
import { traceOriginOf } from '../trace-origin.ts';
import type { WebAppSourceStatus } from '../webapp.gen.ts';
import { ANNOTATION, annotation, type WebAppSource } from '../webapp.ts';
import { askDenied } from './ask-denied.ts';
import { type NotedWrites, noteFirstWrite } from './first-write.ts';
import { noteCommit } from './note-commit.ts';
import { digestOf, publishPolicies } from './publish-policies.ts';
import { recordSource } from './record-source.ts';
import { warnOutside } from './source-files.ts';
import { settleOwners } from './source-owner.ts';
import {
  type Synced,
  statusOfSourceFailure,
  statusOfSourceSuspension,
  statusOfSync,
} from './source-status.ts';
import { type Survey, stillTold, surveySource } from './survey.ts';
import { type Applied, applyPlan } from './sync-apply.ts';
import { openGate, type SyncGate } from './sync-gate.ts';
import type { HeldText } from './text-room.ts';
import { isWaiting } from './tried-last.ts';

/** What a sync works with. */
export interface SyncSurroundings {
  readonly cluster: Cluster;
  /** The same for reading the source and for recording a failure: it has time left when that of the work is over. */
  readonly bookkeeping: Cluster;
  readonly repositories: Repositories;
  /** Counts the text of the files that are read. */
  readonly text: HeldText;
  readonly policies: PolicyReader;
  readonly meter: PolicyMeter;
  readonly clock: Clock;
  readonly log: Log;
  readonly trace: Trace;
  /** Name of the ServiceAccount whose rights count where a source names none; empty: those of the functions. */
  readonly defaultAccount: string;
  /** Ends what is read from Git; the failure can still be recorded then. */
  readonly signal: AbortSignal;
  /** Whether no further WebApp is begun; what is left goes on in the next visit. */
  readonly isOver: () => boolean;
}

/** Which source, and whether to look at its branch though nothing was asked for. */
export interface SyncTrigger {
  readonly key: ObjectKey;
  /** changed: read what the branch has new. all: compare every file with the cluster. */
  readonly force?: 'changed' | 'all';
  /** The commit (40 hex digits) that the branch was just seen at: another than the one that failed does not wait. */
  readonly head?: string | undefined;
}

/** How a sync ended. */
export type SyncOutcome =
  | { readonly kind: 'gone' }
  | { readonly kind: 'quiet' }
  | {
      readonly kind: 'synced';
      readonly done: Done;
      /** A look was asked for, and the branch held what was tried last. */
      readonly noNews: boolean;
    }
  | { readonly kind: 'unfinished'; readonly done: Done }
  | Failed;

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
  const read = await world.bookkeeping.get(WEBAPP_SOURCE, trigger.key);
  const source = read as WebAppSource | undefined;
  if (source === undefined || source.metadata.deletionTimestamp) return { kind: 'gone' };
  if (isWaiting(source, trigger.head, world.clock.now())) return { kind: 'quiet' };
  if (!trigger.force && isSourceObserved(source)) return { kind: 'quiet' };
  begin(source, trigger, world);
  const { repositories, revision } = noteCommit(world.repositories);
  const { cluster } = world;
  const writes = noteFirstWrite(source, { revision, cluster, actor: actorOf(source, world) });
  try {
    const unsettled = await settleOwners(source, world.cluster);
    if (source.spec.suspend) return await suspend(source, unsettled, world);
    const full = trigger.force === 'all';
    return await follow(source, { full, unsettled }, { ...world, repositories, writes });
  } catch (error) {
    if (isConflict(error)) throw error;
    // By the version that our own note has left: a conflict with that would begin all again.
    return recordFailure(WEBAPP_SOURCE, await writes.source().catch(() => source), {
      ...world,
      error: classify(error),
      revision: revision(),
      statusOf: statusOfSourceFailure,
      record,
    });
  }
}

function begin(source: WebAppSource, { force }: SyncTrigger, { trace, log }: SyncSurroundings) {
  const { generation, resourceVersion } = source.metadata;
  const facts = { 'source.generation': generation, 'source.resourceVersion': resourceVersion };
  trace.begin(facts, traceOriginOf(source));
  log.info({ from: source.status.lastAppliedRevision, check: force }, 'Starting sync');
}

async function suspend(
  source: WebAppSource,
  unsettled: unknown,
  world: SyncSurroundings,
): Promise<SyncOutcome> {
  if (unsettled !== undefined) throw unsettled;
  await record(source, statusOfSourceSuspension(source, world.clock.now()), world);
  return { kind: 'quiet' };
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
  { full, unsettled }: { full: boolean; unsettled: unknown },
  world: SyncSurroundings & { readonly writes: NotedWrites },
): Promise<SyncOutcome> {
  const { cluster, isOver, meter, trace, writes } = world;
  const survey = await surveySource(source, full, world);
  const { snapshot, revision, live, inventory, gate, plan } = survey;
  const asked = gate ?? (await gateOfPrune(source, survey, world));
  await publishPolicies(source, gate, { revision, cluster });
  const mode = { cluster: writes.cluster, revision, live, inventory, isOver, gate: asked, meter };
  const done = await trace.part({ name: 'apply' }, () =>
    applyPlan(source, plan, { ...mode, traceparent: trace.traceparent() }),
  );
  const noted = await writes.source();
  const policiesDigest = digestOf(source, gate);
  if (live && !gate?.isBroken) await askDenied([...live.values()], policiesDigest, cluster);
  const outside = await warnOutside(source, snapshot, cluster);
  const problems = [...stillTold(source, survey), ...done.problems, ...outside];
  const failure = done.failure ?? unsettled;
  const failed = failure !== undefined && { failure };
  return recordSync(noted, { ...done, revision, problems, policiesDigest, ...failed }, world);
}

/** The survey opens a gate where there is a WebApp to be applied; a commit may only take away. */
async function gateOfPrune(
  source: WebAppSource,
  { plan, files, snapshot }: Survey,
  world: SyncSurroundings,
): Promise<SyncGate | undefined> {
  const isAsked = files.some(({ manifests }) => manifests.length > 0);
  const isDue = source.spec.prune && plan.prune.length > 0;
  return isDue && !isAsked ? openGate(source, snapshot, world) : undefined;
}

/**
 * Whoever may push to the repository can do with WebApps what the source's ServiceAccount can. Bookkeeping, and policies,
 * which are confined to the namespace, are ours.
 */
function actorOf({ spec, metadata }: WebAppSource, { cluster, defaultAccount }: SyncSurroundings) {
  const name = spec.serviceAccountName ?? defaultAccount;
  return name === '' ? cluster : cluster.as({ namespace: metadata.namespace ?? '', name });
}

async function recordSync(
  source: WebAppSource,
  done: Done,
  world: SyncSurroundings,
): Promise<SyncOutcome> {
  for (const problem of done.problems) world.log.warn({ ...problem }, 'Problem in repository');
  const { failure, revision } = done;
  const isCounted = failure !== undefined && !isPermanent(failure);
  // What hangs in the time of the work is counted afterwards.
  const cluster = isCounted ? world.bookkeeping : world.cluster;
  const { object, afterMs } =
    failure === undefined
      ? { object: await clearFailures(WEBAPP_SOURCE, source, cluster), afterMs: undefined }
      : await countFailure(WEBAPP_SOURCE, source, { ...world, error: failure, revision, cluster });
  const status = statusOfSync(object, done, world.clock.now());
  const isNews = isPermanent(failure) && !equal(status, source.status);
  await record(object, status, { cluster });
  if (isNews) await tellPermanent(object, failure, world);
  if (afterMs !== undefined) return { kind: 'retry', afterMs, cause: failure };
  if (done.postponed > 0) return { kind: 'unfinished', done };
  return { kind: 'synced', done, noNews: hasNoNews(source, done) };
}

function hasNoNews(source: WebAppSource, { revision }: Done): boolean {
  const { lastHandledReconcileAt = '', lastAttemptedRevision } = source.status;
  const isAsked = annotation(source, ANNOTATION.requestedAt) !== lastHandledReconcileAt;
  return isAsked && revision === lastAttemptedRevision;
}

/** Nobody tries again what waits for a person, so it is told like a sync that failed as a whole. */
async function tellPermanent(source: WebAppSource, error: unknown, world: SyncSurroundings) {
  world.log.warn({ error: messageOf(error) }, 'A part of the commit waits for a change');
  await tellFailure(WEBAPP_SOURCE, source, { error, ...world, hash: world.policies.hash });
}

/** Writes the status where it says something new. */
async function record(
  source: WebAppSource,
  status: WebAppSourceStatus,
  { cluster }: Pick<SyncSurroundings, 'cluster'>,
): Promise<void> {
  if (!equal(status, source.status)) await recordSource(source, status, cluster);
}
