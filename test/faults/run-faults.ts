// Everything in its order: the reference, the plans, the seeded bugs, the sequences.
import pLimit, { type LimitFunction } from 'p-limit';
import { messageOf } from '../../gitops/errors.ts';
import { enumeratePlans, referenceOf, spread } from './enumerate.ts';
import type { Ground } from './ground.ts';
import { INVARIANTS, type Violation } from './invariants.ts';
import { type Fault, idOf, type Plan } from './plan.ts';
import { type Run, runPlan } from './run-plan.ts';
import { makeScenario, type Scenario } from './scenario.ts';
import { enumerateSeconds, FAILURES } from './second.ts';
import type { SeededBug } from './seeded-bug.ts';
import { runSequence } from './sequence.ts';
import type { Reference } from './verdict.ts';

/** What to run, and where to tell of it. */
export interface FaultsOptions {
  /** Returns which of all plans are run. */
  readonly choose: (all: readonly Plan[]) => readonly Plan[];
  readonly bugs: readonly SeededBug[];
  readonly sequences: number;
  readonly seed: number;
  /** Runs at once; each has a namespace of its own. */
  readonly parallel: number;
  readonly print: (line: string) => void;
}

/** How many of how many passed, or were caught. */
export interface Tally {
  readonly plans: { readonly all: number; passed: number };
  readonly bugs: { readonly all: number; caught: number };
  readonly sequences: { readonly all: number; passed: number };
}

/** Plans that are tried on a bug that none of its likely ones has caught. */
const MORE_PLANS = 12;
const LIKELY_EACH = 3;
/** Runs that a place is looked for after the first, which all runs without a fault had come to. */
const SEARCHES = 5;
/** Plans between two lines that say how far it is. */
const PROGRESS_EACH = 100;

/** Runs it all and returns the figures; throws when something is wrong even without a fault. */
export async function runFaults(options: FaultsOptions, ground: Ground): Promise<Tally> {
  const limit = pLimit(options.parallel);
  // Sequences need no reference, which takes half a minute on a new cluster: its collector of garbage has to wake up.
  const [passed, tally] = await Promise.all([
    runSequences(options, { ground, limit }),
    runScenario(options, { ground, limit }),
  ]);
  return { ...tally, sequences: { all: options.sequences, passed } };
}

interface Room {
  readonly ground: Ground;
  readonly limit: LimitFunction;
}

async function runScenario(
  { choose, bugs, print }: FaultsOptions,
  { ground, limit }: Room,
): Promise<Omit<Tally, 'sequences'>> {
  const scenario = await makeScenario(ground.git);
  const run = () => good(runPlan({ ground, scenario }), 'without a fault');
  const [faultless, seconds] = await Promise.all([
    Promise.all([run(), run(), run()]),
    Promise.all(FAILURES.map((first) => secondsAfter(first, { ground, scenario, limit }))),
  ]);
  const bench: Bench = { ground, scenario, reference: referenceOf(faultless), limit, print };
  const all = [...enumeratePlans(faultless), ...seconds.flat()];
  const chosen = choose(all);
  print(`${all.length} plans, of which ${chosen.length} are run`);
  return {
    plans: { all: chosen.length, passed: await runPlans(chosen, bench) },
    bugs: { all: bugs.length, caught: await catchBugs(bugs, all, bench) },
  };
}

/** Returns the run; throws when something is wrong with it, or when its fault did not come. */
async function good(run: Promise<Run>, what: string): Promise<Run> {
  const { violations, reached } = await run;
  if (violations.length > 0) throw new Error(`${what}:\n${textOf(violations)}`);
  if (!reached) throw new Error(`${what}: its place was not reached`);
  return run;
}

/** Two runs with the first fault alone tell where a second one can come. */
async function secondsAfter(
  first: Fault,
  { limit, ...options }: Pick<Bench, 'ground' | 'scenario' | 'limit'>,
): Promise<Plan[]> {
  const run = () => limit(() => good(runPlan({ ...options, plan: first }), idOf(first)));
  return enumerateSeconds(first, await Promise.all([run(), run()]));
}

/** Returns whether all is as it should be. */
export function isGood({ plans, bugs, sequences }: Tally): boolean {
  return [plans.passed - plans.all, bugs.caught - bugs.all, sequences.passed - sequences.all].every(
    (missing) => missing === 0,
  );
}

interface Bench extends Room {
  readonly scenario: Scenario;
  readonly reference: Reference;
  readonly print: (line: string) => void;
}

async function runPlans(plans: readonly Plan[], bench: Bench): Promise<number> {
  let begun = 0;
  const passed = await bench.limit.map(plans, async (plan) => {
    if (++begun % PROGRESS_EACH === 0) bench.print(`… ${begun} of ${plans.length}`);
    const { violations, reached } = await tryPlan(plan, bench);
    const missed = reached ? '' : '  its place was not reached\n';
    if (reached && violations.length === 0) return true;
    bench.print(`✖ ${idOf(plan)}\n${missed}${textOf(violations)}`);
    bench.print(`  again: npm run faults -- --plan ${idOf(plan)}`);
    return false;
  });
  return passed.filter(Boolean).length;
}

type Tried = Pick<Run, 'violations' | 'reached'>;

/**
 * Kubernetes' own controllers take one way or another, by which a Deployment is read once more or once less: a place that
 * was not reached is looked for again.
 */
async function tryPlan(plan: Plan, bench: Bench, bug?: SeededBug): Promise<Tried> {
  const options = { ...bench, plan, seed: bug?.seed() };
  const isOver = (run: Run) => run.reached || run.violations.length > 0;
  try {
    let run = await runPlan(options);
    for (let left = bug ? 0 : SEARCHES; left > 0 && !isOver(run); left--)
      run = await runPlan(options);
    return run;
  } catch (error) {
    const violations = [{ invariant: 'bounded', message: messageOf(error) } as const];
    return { reached: true, violations };
  }
}

async function catchBugs(
  bugs: readonly SeededBug[],
  all: readonly Plan[],
  bench: Bench,
): Promise<number> {
  const caught = await bench.limit.map(bugs, (bug) => catchBug(bug, all, bench));
  return caught.filter(Boolean).length;
}

async function catchBug(bug: SeededBug, all: readonly Plan[], bench: Bench): Promise<boolean> {
  const likely = bug.likely.flatMap((part) =>
    all.filter((plan) => idOf(plan).includes(part)).slice(0, LIKELY_EACH),
  );
  for (const plan of [...likely, ...spread(all, MORE_PLANS)]) {
    const { violations } = await tryPlan(plan, bench, bug);
    const found = violations.find(({ invariant }) => invariant === bug.breaks);
    if (found === undefined) continue;
    bench.print(`✔ caught: ${bug.name}: ${idOf(plan)}: ${found.invariant}: ${found.message}`);
    return true;
  }
  bench.print(`✖ not caught: ${bug.name}, which breaks "${INVARIANTS[bug.breaks]}"`);
  return false;
}

async function runSequences(
  { sequences, seed, print }: FaultsOptions,
  { ground, limit }: Room,
): Promise<number> {
  const numbers = Array.from({ length: sequences }, (_, i) => i);
  const passed = await limit.map(numbers, async (i) => {
    // Each has a seed of its own, by which it is run alone.
    const own = seed + i;
    const { violations, did } = await runSequence(own, ground);
    if (violations.length === 0) return true;
    print(`✖ sequence ${own}: ${did.join('; ')}\n${textOf(violations)}`);
    print(`  again: npm run faults -- --sequences 1 --seed ${own}`);
    return false;
  });
  return passed.filter(Boolean).length;
}

function textOf(violations: readonly Violation[]): string {
  return violations
    .map(({ invariant, message }) => `  ${invariant} (${INVARIANTS[invariant]}): ${message}`)
    .join('\n');
}
