import { setTimeout as sleep } from 'node:timers/promises';

const limitMs = 60_000;

/** What is waited for, in words for an error, and what ends the wait early. */
export interface Wait {
  what: string;
  signal: AbortSignal;
}

/**
 * Asks `check` ten times a second until it says true; an error counts as false.
 * Throws the signal's reason, or after 60 s an error that ends with what `check` threw last.
 */
export async function until(check: () => Promise<boolean>, { what, signal }: Wait): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    const outcome = await check().catch((error: Error) => error);
    if (outcome === true) return;
    if (performance.now() > end) {
      const why = outcome === false ? '' : `: ${outcome.message}`;
      throw new Error(`${what} did not come about within ${limitMs / 1000} s${why}`);
    }
    // An abort ends the sleep with an error of its own; the loop's start throws the signal's reason.
    await sleep(100, undefined, { signal }).catch(() => {});
  }
}
