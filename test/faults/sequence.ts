// A random sequence of what people do, with random faults under it. In the end all must be as if only the last state had
// ever been asked for.
import { WEBAPP } from '../../gitops/kinds.ts';
import type { TestRepository } from '../helpers/git-repo.ts';
import { Random } from '../helpers/random.ts';
import { Driver } from './driver.ts';
import type { Ground } from './ground.ts';
import type { Violation } from './invariants.ts';
import { isWrite } from './journal.ts';
import { isPush } from './messages.ts';
import { commit, type Hands, OPERATIONS, randomSpec, tidy } from './operations.ts';
import type { EventFault, RequestFault } from './plan.ts';
import { type Files, manifest, policyOf } from './scenario.ts';
import { Stage } from './stage.ts';
import { differences, type Flat, flatten, maskOf } from './state.ts';
import { tickUntilQuiet } from './ticks.ts';
import { judgeSettled } from './verdict.ts';

const OPERATIONS_EACH = 10;
const SHOWN = 4;
/** Far from any seed that is given, so that faults and operations have dice of their own. */
const SEED_OF_FAULTS = 1_000_003;

/** What was done, and what did not hold. */
export interface SequenceResult {
  readonly violations: readonly Violation[];
  readonly did: readonly string[];
}

/** Runs the sequence of a seed. The same seed does the same; what a fault hits also depends on who comes first. */
export async function runSequence(seed: number, ground: Ground): Promise<SequenceResult> {
  const random = new Random(seed);
  const files = { 'policies/few-pods.yaml': policyOf(5), 'apps/README.md': 'WebApps\n' };
  await using repository = await ground.git.make(files);
  const stage = stageOf(ground, repository);
  const hands: Hands = {
    ...{ stage, random, clone: repository.clone, byHand: new Map() },
    trees: [{ commit: repository.first, files }],
  };
  await commit(hands, { 'apps/anna.yaml': manifest('anna', randomSpec(random, false)) });
  await stage.prepare();
  using driver = await Driver.start(stage);
  arm(stage, driver, new Random(seed + SEED_OF_FAULTS));
  const did = await disturb(hands, driver);
  const found = await settleAndJudge(hands, driver);
  if (found !== undefined) await compareWithFresh(hands, found);
  await stage.clear();
  return { violations: stage.watch.violations, did };
}

function stageOf(ground: Ground, { url }: TestRepository): Stage {
  const repository = { url, point: async () => {} };
  // All there is may be removed, and the end must not depend on what was there before.
  const pruneLimit = { percent: 100 };
  return new Stage(ground, { name: ground.nextName(), repository, commits: [], pruneLimit });
}

async function disturb(hands: Hands, driver: Driver): Promise<string[]> {
  const { stage, random } = hands;
  const did: string[] = [];
  for (let i = 0; i < OPERATIONS_EACH; i++) {
    stage.journal.step = `operation-${i + 1}`;
    const { pushed, did: what } = await random.pick(OPERATIONS)(hands);
    did.push(what);
    if (pushed && !random.once(6)) await driver.push();
    if (!random.once(3)) await driver.settle();
    if (random.once(4)) stage.time += random.below(10_000);
    if (random.once(5)) await driver.tick();
  }
  return did;
}

const AT_WRITES: readonly RequestFault[] = ['crash', 'unanswered', 'error-409', 'error-500'];
const AT_EVENTS: readonly EventFault[] = ['drop', 'double', 'swap', 'late', 'down'];

function arm(stage: Stage, driver: Driver, random: Random): void {
  driver.courier.checksAnswers = false;
  stage.watch.mayGoBack = true;
  stage.faultAt = (entry) => {
    if (isWrite(entry)) return random.once(10) ? random.pick(AT_WRITES) : undefined;
    return entry.verb === 'get' && random.once(30) ? 'stale' : undefined;
  };
  driver.eventFault = () => (random.once(8) ? random.pick(AT_EVENTS) : undefined);
}

/** Ends the faults, lets ticks heal what they left, and returns what is there then; undefined where it has no end. */
async function settleAndJudge(hands: Hands, driver: Driver): Promise<Flat | undefined> {
  const { stage } = hands;
  const { journal, watch } = stage;
  stage.faultAt = () => undefined;
  driver.eventFault = () => undefined;
  watch.mayBeOld = false;
  journal.step = 'end';
  await tidy(hands);
  await driver.catchUp();
  if (!(await tickUntilQuiet(stage, driver, false))) return undefined;
  if (!(await tickUntilQuiet(stage, driver, true))) return undefined;
  await driver.courier.restart();
  const before = journal.writes().length;
  await driver.repeat(driver.told.filter((message) => !isPush(message)).slice(-10));
  await driver.settle();
  const [late] = journal.writes().slice(before);
  if (late) watch.report('quiet', `${late.id} by a fresh process, though all is settled`);
  const state = stage.look();
  watch.violations.push(...judgeSettled(state));
  return flatten(state, replacedIn(hands));
}

/** The same files and the same WebApps made by hand, in a namespace where nothing ever happened. */
async function compareWithFresh(hands: Hands, found: Flat): Promise<void> {
  const { stage, trees, byHand } = hands;
  const entries = Object.entries(trees.at(-1)?.files ?? {});
  const files: Files = Object.fromEntries(entries);
  await using repository = await stage.ground.git.make(files as Record<string, string>);
  const fresh = stageOf(stage.ground, repository);
  await fresh.prepare();
  for (const [name, spec] of byHand) {
    const { apiVersion, kind } = WEBAPP;
    const metadata = { namespace: fresh.name, name };
    await stage.ground.cluster.create(WEBAPP, { apiVersion, kind, metadata, spec });
  }
  using driver = await Driver.start(fresh);
  await driver.settle();
  await tickUntilQuiet(fresh, driver, true);
  const same = { commit: repository.first, files };
  const wanted = flatten(fresh.look(), replacedIn({ ...hands, stage: fresh, trees: [same] }));
  const lines = differences(wanted, found, maskOf(wanted, found));
  if (lines.length > 0)
    stage.watch.report('converged', `beside a fresh run: ${lines.slice(0, SHOWN).join('; ')}`);
  await fresh.clear();
}

function replacedIn({ stage, trees }: Hands): Map<string, string> {
  return new Map([
    [stage.repository.url, 'REPOSITORY'],
    [stage.name, 'NAMESPACE'],
    [trees.at(-1)?.commit ?? '', 'COMMIT'],
  ]);
}
