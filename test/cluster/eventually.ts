import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_MS = 60_000;

/** Asks until the answer is neither undefined nor false, and returns it; throws what was awaited after a minute, or so long. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  longestMs = LONGEST_MS,
): Promise<T> {
  const end = performance.now() + longestMs;
  for (let wait = 5; ; wait = Math.min(wait * 2, 200)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end)
      throw new Error(`did not happen in ${longestMs / 1_000} s: ${what}`);
    await sleep(wait);
  }
}
