// `npm run soak`: the whole product under load, its instances killed again and again, requests and events failing. Then
// the faults end, and all must be as if they had never been. The last line holds the figures.

import { setTimeout as sleep } from 'node:timers/promises';
import {
  aboveZero,
  countingNumber,
  scriptCommand,
  wholeNumber,
} from '../../infra/script-command.ts';
import { Random } from '../helpers/random.ts';
import type { Tick } from './balancer.ts';
import { Dice } from './dice.ts';
import { compareWithFresh, judge, untilConverged } from './judge.ts';
import { leftToDo, longestBackoff } from './left-to-do.ts';
import { Load } from './load.ts';
import { conclude, openUnderLoad, print } from './load-run.ts';

interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly webapps: number;
  readonly instances: number;
  readonly kill: number;
  readonly percent: number;
  readonly tick: number;
}

const { minutes, seed, webapps, instances, kill, percent, tick } = scriptCommand(
  'npm run soak',
  'Runs the product under load while its instances are killed and its requests and events fail.',
)
  .option('--minutes <minutes>', 'how long', aboveZero, 10)
  .option('--seed <number>', 'seed of the edits and faults', wholeNumber, 1)
  .option('--webapps <count>', 'WebApps', countingNumber, 200)
  .option('--instances <count>', 'instances of the functions', countingNumber, 4)
  .option('--kill <milliseconds>', 'mean time between two kills', countingNumber, 400)
  .option('--percent <percent>', 'of requests and of events that fail', wholeNumber, 5)
  .option('--tick <seconds>', 'time between two ticks', countingNumber, 60)
  .parse()
  .opts<Options>();

const MINUTE_MS = 60_000;
const PACE = { commitMs: 1_500, handMs: 400 };
/** REQUEST_TIMEOUT as shipped. */
const TIMEOUT_MS = 25_000;

const tickMs = tick * 1_000;
const dice = new Dice(seed + 1, percent);
const load = new Load(webapps, new Random(seed));
await using world = await openUnderLoad(load, tick, {
  instances,
  faultAt: () => dice.fault(),
  isLost: () => dice.isLost(),
});
print(`faults begin (seed ${seed})`);

let kills = 0;
await disturb();
const { ticks } = world.balancer.passed;
const began = ticks.length;
const backoff = Math.round(longestBackoff(world.look(), Date.now()) / 1_000);
const behind = leftToDo(world.look(), load.wishes.specs, load.head).length;
print(`faults end: ${behind} left to do, longest back-off ${backoff} s`);
const allowed = 1 + Math.ceil((backoff * 1_000) / tickMs);
const took = await untilConverged(world, load, { withinMs: (allowed + 2) * tickMs + MINUTE_MS });
const needed = ticks.slice(began).filter((tick) => !ranOut(tick)).length;
const late = ticks.length - began - needed;
const converged = typeof took === 'number' ? `${took.toFixed(1)} s` : 'not';
print(`converged ${converged} after that, ${needed} ticks, ${late} more ran out of time`);
const wrong = typeof took === 'number' ? await afterwards() : took;
if (needed > allowed) wrong.push(`${needed} ticks began until all had converged, not ${allowed}`);
conclude(
  wrong,
  `${minutes} min, ${figures()}; converged ${converged} after the faults ` +
    `(${needed} ticks of ${tick}s, ${late} more ran out of time, longest back-off ${backoff} s); ` +
    `${wrong.length} wrong (seed ${seed})`,
);

/** On a machine that others keep busy a tick may not come to its end in the time of a request, and goes on with the next. */
function ranOut({ began, ended }: Tick): boolean {
  return ended > 0 && ended - began > TIMEOUT_MS;
}

/** Load, kills and faults for the given minutes. */
async function disturb(): Promise<void> {
  const signal = AbortSignal.timeout(minutes * MINUTE_MS);
  const random = new Random(seed + 2);
  dice.isOn = true;
  const tell = setInterval(() => print(figures()), MINUTE_MS);
  await Promise.all([load.run(world, PACE, signal), killEach(random, signal)]);
  clearInterval(tell);
  dice.isOn = false;
}

async function killEach(random: Random, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(kill / 2 + random.below(kill), undefined, { signal }).catch(() => {});
    killOne(random);
  }
}

/** One that is at work, any: to kill one that is just starting would prove nothing. */
function killOne(random: Random): void {
  const { up } = world.balancer;
  const working = world.instances.filter(({ port }) => up.has(port));
  if (working.length === 0) return;
  const { port, process } = random.pick(working);
  up.delete(port);
  process.kill();
  kills++;
}

/** Once converged, a whole tick brings no write, the counts are right, and a namespace without a past looks the same. */
async function afterwards(): Promise<string[]> {
  await ticksFrom(ticks.length + 1);
  const before = world.gate.writes;
  await ticksFrom(ticks.length + 1);
  const late = world.gate.writes - before;
  const wrong = late === 0 ? [] : [`${late} writes in a tick though all has converged`];
  wrong.push(...(await judge(world, load)));
  wrong.push(...(await compareWithFresh(world, load)));
  return wrong;
}

/** Returns when so many ticks have come and the last has ended. */
async function ticksFrom(count: number): Promise<void> {
  while (!ticks[count - 1]?.ended) await sleep(100);
}

function figures(): string {
  const { gate, balancer } = world;
  const { events, pushes, unanswered } = balancer.passed;
  const fallen = Object.entries(dice.fallen).map(([fault, times]) => `${times} ${fault}`);
  return (
    `${load.commits} commits, ${load.byHand} edits by hand, ${kills} kills, ` +
    `${gate.requests} requests (${gate.writes} writes), ${events} events, ${pushes} pushes, ` +
    `${unanswered} unanswered, ${fallen.join(', ')}, highest counter ${gate.counters.highest}`
  );
}
