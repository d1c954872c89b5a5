// Deletes the WebApps that no file names any more. Each is looked at first: what is not ours, or is to be kept, stays.
import pLimit from 'p-limit';
import { classify } from '../api-error.ts';
import type { Cluster } from '../cluster.ts';
import type { PermanentError } from '../errors.ts';
import { CHILD_KINDS, WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { ANNOTATION, annotation, type WebApp, type WebAppSource } from '../webapp.ts';
import { isOverLimit, prunesTooMany } from './prune-guard.ts';
import { type ApplyMode, isOurs } from './sync-write.ts';

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
  names: readonly string[],
  mode: Pick<ApplyMode, 'cluster' | 'inventory' | 'live'>,
): Promise<PermanentError | undefined> {
  const { prune, pruneLimit } = source.spec;
  const total = mode.inventory.length;
  if (!prune || !isOverLimit(pruneLimit, names.length, total)) return undefined;
  const found = await pLimit(PARALLEL).map(names, (name) =>
    mode.live ? mode.live.get(name) : read(source, name, mode.cluster),
  );
  const going = found.flatMap((live) =>
    live && isPrunable(source, live) ? [live.metadata.name] : [],
  );
  return prunesTooMany(pruneLimit, going, total);
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
  await cluster.delete(WEBAPP, live, { propagationPolicy });
  return true;
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

function isPrunable(source: WebAppSource, live: KubeObject): boolean {
  return isOurs(source, live) && annotation(live, ANNOTATION.prune) !== 'disabled';
}
