// `npm run bench:cel -- --rounds 5 --milliseconds 1000`: evaluations per second of six policies in our engine, in the
// API server's code, in plain cel-go and in the npm package cel-js. They take turns, so that what else the machine does
// meets all of them. It fails where they do not agree about a verdict or a cost.
import { logToStderr } from '../../infra/control-plane/progress.ts';
import { aboveZero, countingNumber, scriptCommand } from '../../infra/script-command.ts';
import { celJs } from './cel-js-engine.ts';
import { allowedObject, deniedObject, POLICIES } from './cel-policies.ts';
import type { Engine } from './engine.ts';
import { startGoEngines } from './go-engines.ts';
import { ours } from './our-engine.ts';
import { Rates, table } from './rates.ts';
import { assertAgreement } from './verdicts.ts';

const { rounds, milliseconds } = scriptCommand(
  'npm run bench:cel',
  'Evaluations per second of our CEL engine and three others.',
)
  .option('--rounds <count>', 'rounds that are counted, after one to warm up', countingNumber, 5)
  .option('--milliseconds <count>', 'length of a turn', aboveZero, 1_000)
  .parse()
  .opts<{ rounds: number; milliseconds: number }>();

/** One engine in one row of a table. */
interface Turn {
  readonly row: string;
  readonly engine: Engine;
  rate(milliseconds: number): Promise<number>;
}

/** Round 0 warms up: its figures are not looked at. */
async function measure(title: string, turns: readonly Turn[]): Promise<void> {
  const rates = new Rates(engines.map(({ name }) => name));
  for (let round = 0; round <= rounds; round++) {
    logToStderr(`${title}, round ${round} of ${rounds}`);
    for (const { row, engine, rate } of turns) {
      const counted = await rate(milliseconds);
      if (round > 0) rates.add(row, engine.name, counted);
    }
  }
  process.stdout.write(
    `\n${title} in a second, and how many times as fast ours is\n\n${table(rates)}`,
  );
}

/** Returns the turns for each policy, one after the other, of the engines that can evaluate it. */
function turnsOf(rate: (engine: Engine, expression: string, time: number) => Promise<number>) {
  return POLICIES.flatMap(({ name, expression }) =>
    engines
      .filter((engine) => engine.knows(expression))
      .map((engine): Turn => {
        return { row: name, engine, rate: (time) => rate(engine, expression, time) };
      }),
  );
}

await using go = await startGoEngines({ log: logToStderr, signal: new AbortController().signal });
const engines = [ours, go.apiServer, go.plain, celJs];
const json = allowedObject();
await assertAgreement(engines, json, 'true');
await assertAgreement(engines, deniedObject(), 'false');

await measure(
  'evaluations',
  turnsOf((engine, expression, time) => engine.evaluations(expression, json, time)),
);
await measure(
  'compilations',
  turnsOf((engine, expression, time) => engine.compilations(expression, time / 4)),
);
await measure(
  'readings of the object from its JSON',
  engines.map((engine) => {
    return { row: 'Deployment', engine, rate: (time) => engine.readings(json, time / 4) };
  }),
);
