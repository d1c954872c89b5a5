import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Has work done every so many milliseconds, from start to start, until the signal. What takes longer is followed at once,
 * and no missed round is made up for. Ends with the signal, or as the work fails.
 */
export async function every(
  ms: number,
  work: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  let start = performance.now();
  while (!signal.aborted) {
    const now = performance.now();
    start = Math.max(start + ms, now);
    await sleep(start - now, undefined, { signal }).catch(() => {});
    if (!signal.aborted) await work();
  }
}
