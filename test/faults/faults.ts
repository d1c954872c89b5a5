// `npm run faults`: everything that can go wrong at every place of a scenario, bugs put in on purpose, and random
// sequences. `--plan ID` and `--sequences 1 --seed S` run one again. The last line is the figure.
import { startControlPlane } from '../../infra/control-plane/start.ts';
import { countingNumber, scriptCommand, wholeNumber } from '../../infra/script-command.ts';
import { spread } from './enumerate.ts';
import { Ground } from './ground.ts';
import { idOf, type Plan, planOf } from './plan.ts';
import { isGood, runFaults } from './run-faults.ts';
import { FULL, NOTHING, QUICK } from './scope.ts';
import { SEEDED_BUGS } from './seeds.ts';

interface Options {
  readonly plan?: readonly Plan[];
  readonly match?: string;
  readonly plans?: number;
  readonly bugs?: number;
  readonly sequences?: number;
  readonly seed: number;
  readonly parallel: number;
  readonly quick: boolean;
}

function append(text: string, before: readonly Plan[] = []): readonly Plan[] {
  return [...before, planOf(text)];
}

const options = scriptCommand('npm run faults', 'A fault at every place of a scenario.')
  .option('--plan <fault@place>', 'only this plan; may be given again', append)
  .option('--match <text>', 'only plans with this in their names; + stands in those of two faults')
  .option('--plans <count>', 'so many plans, evenly spread, and nothing else', wholeNumber)
  .option('--bugs <count>', 'so many seeded bugs, and nothing else', wholeNumber)
  .option('--sequences <count>', 'so many random sequences, and nothing else', wholeNumber)
  .option('--seed <number>', 'seed of the first sequence', wholeNumber, 1)
  .option('--parallel <count>', 'plans at once', countingNumber, 6)
  .option('--quick', 'what npm test runs', false)
  .parse()
  .opts<Options>();

const { plan: only, match, seed, parallel } = options;
/** Whoever asks for one thing gets that alone. */
const asked = only ?? match ?? options.plans ?? options.bugs ?? options.sequences;
const usual = asked === undefined ? (options.quick ? QUICK : FULL) : NOTHING;

const plansWanted = options.plans ?? (match === undefined ? usual.plans : FULL.plans);
const choose = (all: readonly Plan[]) =>
  only ??
  spread(
    all.filter((plan) => idOf(plan).includes(match ?? '')),
    plansWanted,
  );

const start = performance.now();
const print = (line: string) => process.stdout.write(`${line}\n`);
await using plane = await startControlPlane();
await using ground = await Ground.open(plane);
const tally = await runFaults(
  {
    bugs: spread(SEEDED_BUGS, options.bugs ?? usual.bugs),
    sequences: options.sequences ?? usual.sequences,
    ...{ choose, seed, print, parallel },
  },
  ground,
);
const { plans, bugs, sequences } = tally;
const took = Math.round((performance.now() - start) / 1_000);
print(
  `${plans.all} plans, ${plans.passed} passed, ${bugs.caught} of ${bugs.all} seeded bugs caught, ` +
    `${sequences.passed} of ${sequences.all} sequences passed (seed ${seed}), ${took} s`,
);
process.exitCode = isGood(tally) ? 0 : 1;
