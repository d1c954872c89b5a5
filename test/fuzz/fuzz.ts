// `npm run fuzz -- --minutes N --seed S`: each reader of foreign bytes in turn, for as long as there is time.
import { inspect, parseArgs } from 'node:util';
import { fuzz } from './run-fuzz.ts';
import { TARGETS } from './targets.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const share = (Number(values.minutes) * 60_000) / Object.keys(TARGETS).length;
const say = (line: string) => process.stdout.write(`${line}\n`);
if (!Number.isSafeInteger(seed) || !(share > 0)) {
  say('✗ --minutes must be a number above 0, and --seed a whole number');
  process.exit(2);
}
say(`► seed ${seed}`);
let failed = 0;
for (const [name, target] of Object.entries(TARGETS)) {
  const { inputs, slowestMs, failure } = fuzz(target, seed, share);
  const sign = failure ? '✖' : '✔';
  say(`  ${sign} ${name}: ${inputs} inputs, the slowest ${slowestMs.toFixed(0)} ms`);
  if (failure === undefined) continue;
  failed++;
  say(`      seed ${failure.seed}: ${inspect(failure.error)}`);
}
say(`${Object.keys(TARGETS).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
