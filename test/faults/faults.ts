// `npm run faults`: everything that can go wrong at every place of a scenario, bugs put in on purpose, and random
// sequences. `--plan ID` and `--sequences 1 --seed S` run one again. The last line is the figure.
import { parseArgs } from 'node:util';
import { startControlPlane } from '../../infra/control-plane/start.ts';
import { spread } from './enumerate.ts';
import { Ground } from './ground.ts';
import { type Plan, planOf } from './plan.ts';
import { isGood, runFaults } from './run-faults.ts';
import { FULL, NOTHING, QUICK } from './scope.ts';
import { SEEDED_BUGS } from './seeds.ts';

const { values } = parseArgs({
  options: {
    plan: { type: 'string', multiple: true },
    plans: { type: 'string' },
    bugs: { type: 'string' },
    sequences: { type: 'string' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '6' },
    quick: { type: 'boolean', default: false },
  },
});

const only = values.plan?.map(planOf);
/** Whoever asks for one thing gets that alone. */
const asked = only ?? values.plans ?? values.bugs ?? values.sequences;
const usual = asked === undefined ? (values.quick ? QUICK : FULL) : NOTHING;
const count = (text: string | undefined, otherwise: number) =>
  text === undefined ? otherwise : Number(text);

const start = performance.now();
const seed = Number(values.seed);
const print = (line: string) => process.stdout.write(`${line}\n`);
await using plane = await startControlPlane();
await using ground = await Ground.open(plane);
const tally = await runFaults(
  {
    choose: (all: readonly Plan[]) => only ?? spread(all, count(values.plans, usual.plans)),
    bugs: spread(SEEDED_BUGS, count(values.bugs, usual.bugs)),
    sequences: count(values.sequences, usual.sequences),
    ...{ seed, print, parallel: Number(values.parallel) },
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
