// A part of `npm run faults`, spread over all faults and places; the same each time.
import test from 'ava';
import { testCluster } from '../helpers/control-plane.ts';
import { spread } from './enumerate.ts';
import { Ground } from './ground.ts';
import { INVARIANTS } from './invariants.ts';
import { isGood, runFaults } from './run-faults.ts';
import { QUICK } from './scope.ts';
import { SEEDED_BUGS } from './seeds.ts';

test('faults of all sorts heal, seeded bugs show, a random sequence ends where it should', async (t) => {
  t.timeout(600_000);
  await using ground = await Ground.open(await testCluster());
  const tally = await runFaults(
    {
      choose: (all) => spread(all, QUICK.plans),
      bugs: spread(SEEDED_BUGS, QUICK.bugs),
      sequences: QUICK.sequences,
      ...{ seed: 1, parallel: 4, print: (line) => t.log(line) },
    },
    ground,
  );
  t.true(isGood(tally), JSON.stringify(tally));
});

test('every invariant has a bug that breaks it', (t) => {
  const broken = new Set<string>(SEEDED_BUGS.map(({ breaks }) => breaks));
  t.deepEqual(
    Object.keys(INVARIANTS).filter((name) => !broken.has(name)),
    [],
  );
});
