// Carries out the plan of a sync. Each WebApp stands for itself: one that is refused or fails holds up no other.
import pLimit from 'p-limit';
import { errorsIn, type Problem } from '../../policies/problem.ts';
import type { PermanentError } from '../errors.ts';
import { firstToTell } from '../policy/refusal.ts';
import type { WebAppSource } from '../webapp.ts';
import { holdPrune, pruneAll } from './prune.ts';
import type { InventoryEntry, SyncPlan } from './sync-plan.ts';
import { type ApplyMode, applyOne, type Result } from './sync-write.ts';

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

/**
 * Applies and prunes what the plan says and returns what is there now. A prune of too many is held: the rest is done, and
 * the failure says so. With spec.atomic nothing is done when anything is wrong.
 */
export async function applyPlan(
  source: WebAppSource,
  plan: SyncPlan,
  mode: ApplyMode,
): Promise<Applied> {
  const held = await holdPrune(source, plan, mode);
  const refusal = source.spec.atomic ? await rehearseAll(source, plan, { mode, held }) : undefined;
  return refusal ?? carryOut(source, plan, { mode, held });
}

interface Guarded {
  readonly mode: ApplyMode;
  /** Why nothing may be pruned, where there is a reason. */
  readonly held: PermanentError | undefined;
}

/** All or nothing cannot be judged in parts, so the rehearsal takes the time it needs. */
async function rehearseAll(
  source: WebAppSource,
  plan: SyncPlan,
  { mode, held }: Guarded,
): Promise<Applied | undefined> {
  const rehearsal = await applyAll(source, plan, { ...mode, isOver: () => false, dryRun: true });
  const problems = [...plan.problems, ...rehearsal.problems];
  const errors = errorsIn(problems);
  // Policies alone have something to say of a delete before it is sent.
  const asked = mode.gate && !held ? plan.prune : [];
  const pruned = await pruneAll(source, asked, { ...mode, dryRun: true });
  const failure = rehearsal.failure ?? held ?? pruned.failure;
  if (errors.length === 0 && failure === undefined) return undefined;
  const nothing = { inventory: mode.inventory, applied: [], pruned: [] };
  return { ...rehearsal, ...nothing, problems, ...(failure !== undefined && { failure }) };
}

async function carryOut(
  source: WebAppSource,
  plan: SyncPlan,
  { mode, held }: Guarded,
): Promise<Applied> {
  const { inventory: before } = mode;
  const written = await applyAll(source, plan, { ...mode, dryRun: false });
  const isPruneDue = written.postponed === 0;
  const due = isPruneDue && !held ? plan.prune : [];
  const pruned = await pruneAll(source, due, { ...mode, dryRun: false });
  const failures = [written.failure, pruned.failure, isPruneDue ? held : undefined];
  const failure = firstToTell(failures.filter((each) => each !== undefined));
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
  const failure = firstToTell(errors);
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
