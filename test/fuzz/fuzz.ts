// `npm run fuzz`: each reader of foreign bytes in turn, for as long as there is time.
import { inspect } from 'node:util';
import { aboveZero, scriptCommand, wholeNumber } from '../../infra/script-command.ts';
import { fuzz } from './run-fuzz.ts';
import { TARGETS } from './targets.ts';

const { minutes, seed } = scriptCommand(
  'npm run fuzz',
  'Gives each reader of foreign bytes what it may not expect.',
)
  .option('--minutes <count>', 'how long all together', aboveZero, 5)
  .option('--seed <number>', 'seed to begin with', wholeNumber, Date.now() % 1_000_000_000)
  .parse()
  .opts<{ minutes: number; seed: number }>();
const share = (minutes * 60_000) / Object.keys(TARGETS).length;
const say = (line: string) => process.stdout.write(`${line}\n`);
say(`► seed ${seed}`);
let failed = 0;
for (const [name, target] of Object.entries(TARGETS)) {
  const { inputs, slowestMs, failure } = await fuzz(target, seed, share);
  const sign = failure ? '✖' : '✔';
  say(`  ${sign} ${name}: ${inputs} inputs, the slowest ${slowestMs.toFixed(0)} ms`);
  if (failure === undefined) continue;
  failed++;
  say(`      seed ${failure.seed}: ${inspect(failure.error)}`);
}
say(`${Object.keys(TARGETS).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
