// Deletes the WebApps that no file names any more. Each is looked at first: what is not ours, is to be kept, or may not go
// by the policies, stays.
import pLimit from 'p-limit';
import { classify, isConflict, isKeptOut } from '../api-error.ts';
import { despiteConflicts } from '../attempts.ts';
import type { Cluster } from '../cluster.ts';
import { isPermanent, messageOf, type PermanentError, RetryableError } from '../errors.ts';
import { CHILD_KINDS, WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { denialIn, firstToTell, ParityMismatch } from '../policy/refusal.ts';
import { ANNOTATION, annotation, type WebApp, type WebAppSource } from '../webapp.ts';
import { isMadeBy } from './made-by.ts';
import { isOverLimit, prunesTooMany } from './prune-guard.ts';
import type { SyncGate } from './sync-gate.ts';
import type { SyncPlan } from './sync-plan.ts';
import type { ApplyMode } from './sync-write.ts';

const PARALLEL = 8;

/** What came of a prune. */
export interface Pruned {
  readonly gone: readonly string[];
  /** Deleted, or found to be nothing of ours to delete. */
  readonly done: ReadonlySet<string>;
  readonly failure?: unknown;
}

/**
 * Returns why none of these may be deleted; undefined where they may. Only what would really go counts, and nothing is
 * read where even all of them would be within the limit.
 */
export async function holdPrune(
  source: WebAppSource,
  { prune: names, apply, kept }: SyncPlan,
  mode: Pick<ApplyMode, 'cluster' | 'inventory' | 'live'>,
): Promise<PermanentError | undefined> {
  const { prune, pruneLimit } = source.spec;
  const extent = { total: mode.inventory.length, wanted: apply.length + kept.length };
  if (!prune || !isOverLimit(pruneLimit, { ...extent, going: names.length })) return undefined;
  const found = await pLimit(PARALLEL).map(names, (name) =>
    mode.live ? mode.live.get(name) : read(source, name, mode.cluster),
  );
  const going = found.flatMap((live) =>
    live && isPrunable(source, live) ? [live.metadata.name] : [],
  );
  return prunesTooMany(pruneLimit, going, extent);
}

/** What a prune works with; a rehearsal asks the policies and deletes nothing. */
export type PruneMode = Pick<ApplyMode, 'cluster' | 'gate' | 'meter'> & {
  readonly dryRun: boolean;
};

/** Deletes those of the names that still are the source's, unless it has spec.prune: false. */
export async function pruneAll(
  source: WebAppSource,
  names: readonly string[],
  mode: PruneMode,
): Promise<Pruned> {
  const limit = pLimit(PARALLEL);
  const gone: string[] = [];
  const done = new Set<string>();
  const prune = async (name: string) => {
    // One that changes meanwhile is looked at again: it may be somebody else's by now, and that it changed is no failure.
    if (await despiteConflicts(() => pruneOne(source, name, mode))) gone.push(name);
    done.add(name);
  };
  const wanted = source.spec.prune ? names : [];
  const results = await Promise.allSettled(wanted.map((name) => limit(prune, name)));
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  if (failures.length === 0) return { gone, done };
  return { gone, done, failure: firstToTell(failures.map(classify)) };
}

/** Deletes a WebApp that still is ours, on condition of the version just read; returns whether it did. */
async function pruneOne(source: WebAppSource, name: string, mode: PruneMode): Promise<boolean> {
  const { cluster, gate, dryRun } = mode;
  const live = await read(source, name, cluster);
  if (live === undefined || !isPrunable(source, live)) return false;
  const refusal = judged(live, gate, mode)?.refusal;
  if (refusal !== undefined) throw pruneRefused(name, refusal);
  if (dryRun) return false;
  const propagationPolicy = await propagationFor(live as WebApp, cluster);
  try {
    await cluster.delete(WEBAPP, live, { propagationPolicy });
  } catch (error) {
    throw isConflict(error) ? error : await explained(live, error, mode);
  }
  return true;
}

/** A rehearsal counts only where it comes to an end of its own. */
function judged(live: KubeObject, gate: SyncGate | undefined, { meter, dryRun }: PruneMode) {
  const ruling = gate?.judgePrune(live);
  if (ruling && (!dryRun || ruling.refusal !== undefined)) meter.judged('sync', ruling.verdict);
  return ruling;
}

/** A denial by the API server is a mismatch only where the very policy lets it pass, as it is now; see sync-write.ts. */
async function explained(live: KubeObject, thrown: unknown, mode: PruneMode): Promise<unknown> {
  const { name } = live.metadata;
  const denial = denialIn(thrown);
  if (denial === undefined) return mayBeAllowedLater(name, thrown);
  const ruling = judged(live, await mode.gate?.refreshed(), mode);
  if (ruling?.refusal !== undefined) return pruneRefused(name, ruling.refusal, thrown);
  if (!ruling?.asked.has(denial.policy)) return mayBeAllowedLater(name, thrown);
  mode.meter.mismatched('sync');
  return new ParityMismatch(refusedMessage(name, denial.message), { cause: thrown });
}

function mayBeAllowedLater(name: string, thrown: unknown): unknown {
  const error = classify(thrown);
  if (!isPermanent(error) && !isKeptOut(thrown)) return error;
  return pruneRefused(name, messageOf(error), thrown);
}

/** What keeps an object from being deleted is a policy or a webhook, and no commit has to change for it to relent. */
function pruneRefused(name: string, reason: string, cause?: unknown): RetryableError {
  return new RetryableError('PruneRefused', refusedMessage(name, reason), { cause });
}

function refusedMessage(name: string, reason: string): string {
  return `WebApp ${name} cannot be deleted: ${reason}`;
}

/**
 * A WebApp that was told to leave its children may go before a visit has taken the owner references from them. The API
 * server then does that, with a finalizer of its own for a moment; it is asked to only where a reference is left.
 */
async function propagationFor(webapp: WebApp, cluster: Cluster): Promise<'Background' | 'Orphan'> {
  const { namespace = '', name, uid } = webapp.metadata;
  if (webapp.spec.deletionPolicy !== 'Orphan') return 'Background';
  const children = await Promise.all(CHILD_KINDS.map((of) => cluster.get(of, { namespace, name })));
  const owners = children.flatMap((child) => child?.metadata.ownerReferences ?? []);
  return owners.some((owner) => owner.uid === uid) ? 'Orphan' : 'Background';
}

function read({ metadata }: WebAppSource, name: string, cluster: Cluster) {
  return cluster.get(WEBAPP, { namespace: metadata.namespace ?? '', name });
}

/** One on its way out needs no second delete. */
function isPrunable(source: WebAppSource, live: KubeObject): boolean {
  const mayGo = annotation(live, ANNOTATION.prune) !== 'disabled';
  return mayGo && live.metadata.deletionTimestamp === undefined && isMadeBy(source, live);
}
