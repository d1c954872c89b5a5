import { Random } from '../helpers/random.ts';
import type { Target } from './targets.ts';

/** How it went: the number of inputs, and what the first that broke a property did. */
export interface Fuzzed {
  readonly inputs: number;
  readonly slowestMs: number;
  readonly failure?: { readonly seed: number; readonly error: unknown };
}

/** Of processor time for one input: far beyond what any takes, far below what anybody would notice as a hang. */
const MAX_MS = 1_000;

/** Gives a target inputs of one seed after the other until the time is over. The same first seed gives the same inputs. */
export async function fuzz(target: Target, firstSeed: number, forMs: number): Promise<Fuzzed> {
  const until = Date.now() + forMs;
  const names = Object.getOwnPropertyNames(Object.prototype).length;
  let [seed, slowestMs] = [firstSeed, 0];
  for (; seed === firstSeed || Date.now() < until; seed++) {
    const begun = process.cpuUsage();
    const error = await failureOf(() => target(new Random(seed)));
    const { user, system } = process.cpuUsage(begun);
    slowestMs = Math.max(slowestMs, (user + system) / 1_000);
    const failure = error ?? broken(slowestMs, names);
    if (failure)
      return { inputs: seed - firstSeed + 1, slowestMs, failure: { seed, error: failure } };
  }
  return { inputs: seed - firstSeed, slowestMs };
}

async function failureOf(work: () => void | Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown as an error');
  }
}

function broken(slowestMs: number, names: number): Error | undefined {
  if (slowestMs > MAX_MS) return new Error(`an input took ${slowestMs} ms`);
  if (Object.getOwnPropertyNames(Object.prototype).length !== names || 'polluted' in {})
    return new Error('Object.prototype was changed');
  return undefined;
}
