// One run of the scenario, with one fault in it or none.

import { Driver } from './driver.ts';
import type { Ground } from './ground.ts';
import type { Seed } from './incarnation.ts';
import type { Violation } from './invariants.ts';
import { type Entry, isWrite } from './journal.ts';
import { isPush } from './messages.ts';
import {
  type EventFault,
  type Fault,
  faultsOf,
  hasFault,
  type Plan,
  REFUSED,
  type RequestFault,
  stepOf,
} from './plan.ts';
import { type Scenario, STEPS } from './scenario.ts';
import { Stage } from './stage.ts';
import { type Flat, flatten } from './state.ts';
import { PAST_BACKOFF_MS, tickUntilQuiet } from './ticks.ts';
import {
  compareCounts,
  compareStep,
  countsOf,
  judgeCounts,
  judgeSettled,
  type Reference,
} from './verdict.ts';

/** The step after all pushes: a full check, and all events of the last step once more. */
const QUIET = 'quiet';
/** Messages that are told once more in the end, and again to a fresh process. */
const REPEATED = 5;

/** What a run gives. */
export interface Run {
  readonly violations: readonly Violation[];
  /** Whether the places of all faults were reached. */
  readonly reached: boolean;
  readonly entries: readonly Entry[];
  /** Requests from the first fault on, until all faults are over. */
  readonly way: readonly Entry[];
  /** Ids of the messages in their order. */
  readonly messages: readonly string[];
  readonly flats: ReadonlyMap<string, Flat>;
}

/** What to run, and what to compare it with. */
export interface RunOptions {
  readonly ground: Ground;
  readonly scenario: Scenario;
  /** Without it nothing is compared: this is to become one. */
  readonly reference?: Reference;
  readonly plan?: Plan;
  readonly seed?: Seed | undefined;
}

/** Runs the scenario in a namespace of its own. */
export async function runPlan(options: RunOptions): Promise<Run> {
  const { ground, scenario, seed } = options;
  const name = ground.nextName();
  const repository = await ground.copyRepository(scenario.repository, name);
  await repository.point(scenario.commits[0]?.id ?? '');
  const stage = new Stage(ground, { name, repository, commits: scenario.commits, seed });
  await stage.prepare();
  using driver = await Driver.start(stage);
  const run = new PlanRun(stage, driver, options);
  await run.all();
  await stage.clear();
  return run.result();
}

class PlanRun {
  readonly #stage: Stage;
  readonly #driver: Driver;
  readonly #options: RunOptions;
  readonly #flats = new Map<string, Flat>();
  readonly #found: Violation[] = [];
  /** Faults that are still to come. */
  #left: readonly Fault[] = [];
  /** Where in the journal the first fault came, and where faults were over. */
  #from = 0;
  #to = 0;

  constructor(stage: Stage, driver: Driver, options: RunOptions) {
    this.#stage = stage;
    this.#driver = driver;
    this.#options = options;
    if (options.plan) this.#arm(options.plan);
  }

  async all(): Promise<void> {
    const foreign = await this.#stage.foreign();
    for (const step of this.#steps()) await this.#step(step);
    await this.#quiet();
    if (JSON.stringify(await this.#stage.foreign()) !== JSON.stringify(foreign))
      this.#stage.watch.report('foreign', "a stranger's object was changed");
    const { reference, plan } = this.#options;
    const { entries } = this.#stage.journal;
    if (plan) this.#found.push(...judgeCounts(plan, entries));
    if (reference === undefined) return;
    const excused = plan === undefined ? '' : excusedBy(plan);
    const steps = new Set(this.#steps());
    const counts = countsOf(entries);
    const wanted = countsOf(
      reference.entries.filter(({ id }) => steps.has(id.split('/')[0] ?? '')),
    );
    this.#found.push(...compareCounts(counts, wanted, excused));
  }

  result(): Run {
    const { watch, journal } = this.#stage;
    return {
      violations: [...watch.violations, ...this.#found],
      reached: this.#left.length === 0,
      entries: journal.entries,
      way: journal.entries.slice(this.#from, this.#to),
      messages: this.#driver.told.map(({ id }) => id),
      flats: this.#flats,
    };
  }

  #arm(plan: Plan): void {
    this.#left = faultsOf(plan);
    this.#driver.eventFault = (id) => this.#meet(id) as EventFault | undefined;
    this.#driver.courier.givesUp = hasFault(plan, 'crash-lost');
    this.#driver.courier.afterFault = () => {
      if (hasFault(plan, 'error-503')) this.#stage.time += PAST_BACKOFF_MS;
    };
    let stale: Entry | undefined;
    this.#stage.faultAt = (entry) => {
      const again = stale?.delivery === entry.delivery && stale.path === entry.path;
      if (again && !isWrite(entry)) return 'stale-on';
      const fault = this.#meet(entry.id) as RequestFault | undefined;
      if (fault === 'stale-on') stale = entry;
      return fault;
    };
  }

  /** Each fault comes once, the second after the first: what happens again under its name has been met before. */
  #meet(id: string): Fault['fault'] | undefined {
    const [next, ...left] = this.#left;
    if (next?.at !== id) return undefined;
    this.#from ||= this.#stage.journal.entries.length;
    this.#left = left;
    return next.fault;
  }

  /** A plan goes one step beyond the one in which it heals: by then a mistake that was hidden would show. */
  #steps(): readonly string[] {
    const { plan } = this.#options;
    if (plan === undefined || stepOf(plan) === QUIET) return STEPS;
    return STEPS.slice(0, STEPS.indexOf(healsAfter(plan)) + 2);
  }

  async #step(step: string): Promise<void> {
    const { journal, repository } = this.#stage;
    const commit = this.#options.scenario.commits.find((one) => one.step === step);
    journal.step = step;
    await repository.point(commit?.id ?? '');
    if (step !== STEPS[0]) await this.#driver.push();
    await this.#driver.settle();
    await this.#heal(step);
    await this.#compare(step);
  }

  /** After the fault has come, all it may take is ticks. */
  async #heal(step: string): Promise<void> {
    const { plan } = this.#options;
    if (plan === undefined) return;
    if (step !== healsAfter(plan)) return;
    this.#to = this.#stage.journal.entries.length;
    this.#stage.faultAt = () => undefined;
    this.#driver.eventFault = () => undefined;
    if (plan.fault === 'hold-late') this.#stage.watch.mayBeOld = true;
    await this.#driver.catchUp();
    await this.#stage.removeStrangers();
    this.#stage.watch.mayBeOld = false;
    await tickUntilQuiet(this.#stage, this.#driver, needsFullCheck(plan));
  }

  async #compare(step: string): Promise<void> {
    const state = this.#stage.look();
    const { name, repository } = this.#stage;
    const replaced = new Map([
      [repository.url, 'REPOSITORY'],
      [name, 'NAMESPACE'],
    ]);
    const flat = flatten(state, replaced);
    this.#flats.set(step, flat);
    this.#found.push(...judgeSettled(state));
    const { reference, plan } = this.#options;
    if (reference?.flats.has(step) && (plan?.fault !== 'hold-late' || step !== stepOf(plan)))
      this.#found.push(...compareStep(step, flat, reference));
  }

  async #quiet(): Promise<void> {
    const { journal, watch } = this.#stage;
    const last = this.#driver.told.filter((message) => !isPush(message)).slice(-REPEATED);
    journal.step = QUIET;
    const before = journal.writes().length;
    this.#stage.allDue = true;
    await this.#driver.tick();
    this.#stage.allDue = false;
    await this.#driver.repeat(last);
    await this.#driver.courier.restart();
    await this.#driver.repeat(last);
    await this.#driver.settle();
    const [write] = journal.writes().slice(before);
    if (write && !this.#reachedIn(QUIET))
      watch.report('quiet', `${write.id} though all is settled`);
    await this.#heal(QUIET);
    if (this.#steps().length === STEPS.length) await this.#compare(QUIET);
  }

  #reachedIn(step: string): boolean {
    return this.#options.plan !== undefined && stepOf(this.#options.plan) === step;
  }
}

/**
 * A push that nobody tells of is found when the branch is looked at; a stranger who goes is told by nobody; a status that
 * was made from an old answer is right again after the next look at all children; and what was refused for good is not
 * tried again before that.
 */
function needsFullCheck(plan: Plan): boolean {
  const isUntold = plan.fault === 'drop' && /\/push\.\d+$/.test(plan.at);
  return isUntold || hasFault(plan, 'stranger', 'stale', 'stale-on', REFUSED);
}

/** The step after which all faults are over. */
function healsAfter(plan: Plan): string {
  const step = stepOf(plan);
  return plan.fault === 'hold-late' ? (STEPS[STEPS.indexOf(step) + 1] ?? step) : step;
}

/**
 * Returns how the names of objects end that may be made once more: what a stranger has taken away; the children of a
 * WebApp that an old answer showed though it was gone, which name its uid, so that they are collected; and what a write
 * makes that comes when its object has been deleted again, as no condition asks whether something was there before.
 */
function excusedBy({ fault, at }: Plan): string {
  const [, resource, name] = at.split('/')[1]?.split('.') ?? [];
  if (fault === 'stranger') return `${resource} ${name}`;
  const isStaleWebApp = fault.startsWith('stale') && resource === 'webapps';
  return isStaleWebApp || fault === 'hold-late' ? ` ${name}` : '';
}
