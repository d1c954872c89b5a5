// Deletes the WebApps that no file names any more. Each is looked at first: what is not ours, or is to be kept, stays.
import pLimit from 'p-limit';
import { classify, isKeptOut } from '../api-error.ts';
import type { Cluster } from '../cluster.ts';
import { isPermanent, messageOf, type PermanentError, RetryableError } from '../errors.ts';
import { CHILD_KINDS, WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { ANNOTATION, annotation, type WebApp, type WebAppSource } from '../webapp.ts';
import { isMadeBy } from './made-by.ts';
import { isOverLimit, prunesTooMany } from './prune-guard.ts';
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

/** Deletes those of the names that still are the source's, unless it has spec.prune: false. */
export async function pruneAll(
  source: WebAppSource,
  names: readonly string[],
  cluster: Cluster,
): Promise<Pruned> {
  const limit = pLimit(PARALLEL);
  const gone: string[] = [];
  const done = new Set<string>();
  const prune = async (name: string) => {
    if (await pruneOne(source, name, cluster)) gone.push(name);
    done.add(name);
  };
  const wanted = source.spec.prune ? names : [];
  const results = await Promise.allSettled(wanted.map((name) => limit(prune, name)));
  const failed = results.find((result) => result.status === 'rejected');
  return { gone, done, ...(failed && { failure: classify(failed.reason) }) };
}

/** Deletes a WebApp that still is ours, on condition of the version just read; returns whether it did. */
async function pruneOne(source: WebAppSource, name: string, cluster: Cluster): Promise<boolean> {
  const live = await read(source, name, cluster);
  if (live === undefined || !isPrunable(source, live)) return false;
  const propagationPolicy = await propagationFor(live as WebApp, cluster);
  try {
    await cluster.delete(WEBAPP, live, { propagationPolicy });
  } catch (error) {
    throw mayBeAllowedLater(name, error);
  }
  return true;
}

/** What keeps an object from being deleted is a policy or a webhook, and no commit has to change for it to relent. */
function mayBeAllowedLater(name: string, thrown: unknown): unknown {
  const error = classify(thrown);
  if (!isPermanent(error) && !isKeptOut(thrown)) return error;
  const message = `WebApp ${name} cannot be deleted: ${messageOf(error)}`;
  return new RetryableError('PruneRefused', message, { cause: thrown });
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
