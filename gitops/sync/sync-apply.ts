// Carries out the plan of a sync. Each WebApp stands for itself: one that is refused or fails holds up no other.
import pLimit from 'p-limit';
import { errorsIn, type Problem } from '../../policies/problem.ts';
import { classify } from '../api-error.ts';
import type { Cluster } from '../cluster.ts';
import { WEBAPP } from '../kinds.ts';
import { ParityMismatch } from '../policy/refusal.ts';
import { ANNOTATION, annotation, type WebAppSource } from '../webapp.ts';
import type { InventoryEntry, SyncPlan } from './sync-plan.ts';
import { type ApplyMode, applyOne, isOurs, type Result } from './sync-write.ts';

/** What came of a plan. */
export interface Applied {
  readonly inventory: readonly InventoryEntry[];
  readonly problems: readonly Problem[];
  readonly failure?: unknown;
  readonly applied: readonly string[];
  readonly pruned: readonly string[];
  /** How many WebApps the time did not suffice for. */
  readonly postponed: number;
}

const PARALLEL_WRITES = 8;

/** Applies and prunes what the plan says and returns what is there now. With spec.atomic nothing is done when anything is wrong. */
export async function applyPlan(
  source: WebAppSource,
  plan: SyncPlan,
  mode: ApplyMode,
): Promise<Applied> {
  const before = mode.inventory;
  if (source.spec.atomic) {
    // All or nothing cannot be judged in parts, so the rehearsal takes the time it needs.
    const rehearsal = await applyAll(source, plan, { ...mode, isOver: () => false, dryRun: true });
    const problems = [...plan.problems, ...rehearsal.problems];
    const errors = errorsIn(problems);
    if (errors.length > 0 || rehearsal.failure !== undefined) {
      return { ...rehearsal, inventory: before, problems, applied: [], pruned: [] };
    }
  }
  const written = await applyAll(source, plan, { ...mode, dryRun: false });
  const pruned = await pruneAll(source, written.postponed > 0 ? [] : plan.prune, mode.cluster);
  const failure = written.failure ?? pruned.failure;
  return {
    inventory: [
      ...plan.kept,
      ...written.inventory,
      ...before.filter(({ name }) => plan.prune.includes(name) && !pruned.done.has(name)),
    ],
    problems: [...plan.problems, ...written.problems],
    applied: written.applied,
    pruned: pruned.gone,
    postponed: written.postponed,
    ...(failure !== undefined && { failure }),
  };
}

async function applyAll(
  source: WebAppSource,
  plan: SyncPlan,
  mode: ApplyMode & { dryRun: boolean },
) {
  const before = new Set(mode.inventory.map(({ name }) => name));
  const results = await pLimit(PARALLEL_WRITES).map(plan.apply, async (manifest) => ({
    manifest,
    result: await applyOne({ source, manifest, mode, known: before.has(manifest.name) }),
  }));
  const errors = results.flatMap(({ result }) => (result.kind === 'failed' ? [result.error] : []));
  // A mismatch goes first, as it has a condition of its own.
  const failure = errors.find((error) => error instanceof ParityMismatch) ?? errors[0];
  return {
    // One that failed may have been made all the same, so it is listed: a prune looks before it deletes.
    inventory: results
      .filter(({ manifest, result }) => MAY_BE_THERE.has(result.kind) || before.has(manifest.name))
      .map(({ manifest: { name, path } }) => ({ name, path })),
    problems: results.flatMap(({ result }) => result.problems ?? []),
    applied: results
      .filter(({ result }) => result.kind === 'applied')
      .map(({ manifest }) => manifest.name),
    postponed: results.filter(({ result }) => result.kind === 'postponed').length,
    ...(failure !== undefined && { failure }),
  };
}

const MAY_BE_THERE: ReadonlySet<Result['kind']> = new Set(['applied', 'unchanged', 'failed']);

async function pruneAll(source: WebAppSource, names: readonly string[], cluster: Cluster) {
  const limit = pLimit(PARALLEL_WRITES);
  const gone: string[] = [];
  /** Deleted, or found to be nothing of ours to delete. */
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
  const { namespace = '' } = source.metadata;
  const live = await cluster.get(WEBAPP, { namespace, name });
  if (live === undefined || !isOurs(source, live)) return false;
  if (annotation(live, ANNOTATION.prune) === 'disabled') return false;
  await cluster.delete(WEBAPP, live);
  return true;
}
