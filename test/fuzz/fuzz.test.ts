// A few seconds of what `npm run fuzz` does for long.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { fuzz } from './run-fuzz.ts';
import { TARGETS } from './targets.ts';

const SEED = 20_261_127;
const FOR_MS = 1_500;

for (const [name, target] of Object.entries(TARGETS)) {
  test.serial(`fuzz: ${name} says no in the ways that are declared, and soon`, async (t) => {
    const { inputs, slowestMs, failure } = await fuzz(target, SEED, FOR_MS);
    t.is(failure, undefined);
    t.true(inputs > 50, `${inputs} inputs`);
    t.log(`${inputs} inputs, the slowest ${slowestMs.toFixed(0)} ms`);
  });
}

test('fuzz: a reader that throws, hangs or changes a prototype is caught', async (t) => {
  const throwing = await fuzz(
    (random) => {
      if (random.once(20)) throw new TypeError('of nobody');
    },
    SEED,
    1_000,
  );
  t.true(throwing.failure?.error instanceof TypeError);
  const slow = await fuzz(
    () => {
      const begun = process.cpuUsage();
      while (process.cpuUsage(begun).user < 1_300_000) Math.sqrt(2);
    },
    SEED,
    1,
  );
  t.regex(String(slow.failure?.error), /an input took/);
  const polluting = await fuzz(
    () => void Object.assign(Object.prototype, { polluted: 1 }),
    SEED,
    1,
  );
  delete (Object.prototype as { polluted?: 1 }).polluted;
  t.regex(String(polluting.failure?.error), /prototype was changed/);
});

test('fuzz: the command runs by itself, and its last line is the figure', async (t) => {
  const root = join(import.meta.dirname, '../..');
  const args = ['infra/run.mjs', 'test/fuzz/fuzz.ts', '--minutes', '0.01', '--seed', '7'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  t.regex(stdout, /^► seed 7\n/m);
  t.is(stdout.trim().split('\n').at(-1), `${Object.keys(TARGETS).length} passed, 0 failed`);
});
