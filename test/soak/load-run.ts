// How a run of the whole product under a load of edits begins, and how it ends.
import { untilConverged } from './judge.ts';
import type { Load } from './load.ts';
import { NAMESPACE, openWorld, type World, type WorldOptions } from './world.ts';

const SETUP_MS = 300_000;
const SHOWN = 10;

export const print = (line: string) => process.stdout.write(`${line}\n`);

/**
 * Starts it all and returns once the whole load is Ready. A tick, a full check of each WebApp and a look at the branch come
 * every `tick` seconds, so that whatever was lost is found by one tick.
 * @throws when it is not Ready after five minutes
 */
export async function openUnderLoad(
  load: Load,
  tick: number,
  options: Omit<WorldOptions, 'files' | 'tick' | 'drift' | 'interval'>,
): Promise<World> {
  const every = `${tick}s`;
  const times = { tick: every, drift: every, interval: every };
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await openWorld({ ...options, ...times, files: load.files }));
  load.head = await world.git.clone.git('rev-parse', 'HEAD');
  await world.follow(NAMESPACE);
  const setup = await untilConverged(world, load, { withinMs: SETUP_MS });
  if (typeof setup !== 'number')
    throw new Error(`did not begin: ${setup.slice(0, SHOWN).join('; ')}`);
  print(
    `${load.wishes.specs.size} WebApps Ready after ${setup.toFixed(1)} s; ticks come every ${every}`,
  );
  stack.move();
  return world;
}

/** Prints what is wrong and the figures, which say how much is; the process then ends with 1 if anything is. */
export function conclude(wrong: readonly string[], figures: string): void {
  for (const line of wrong.slice(0, SHOWN)) print(`✗ ${line}`);
  print(figures);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
