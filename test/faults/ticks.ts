// The guarantee behind the events: faults over, ticks alone bring everything to its end.
import type { Driver } from './driver.ts';
import type { Stage } from './stage.ts';

/** The longest back-off, and more. */
export const PAST_BACKOFF_MS = 6 * 60_000;
/** Ticks after which a run must have come to rest. */
const MAX_TICKS = 6;

/**
 * Ticks until a tick brings no write, and returns whether that was reached. With `full` the first one finds the full
 * check and the look at the branch due.
 */
export async function tickUntilQuiet(
  stage: Stage,
  driver: Driver,
  full: boolean,
): Promise<boolean> {
  const { journal, watch } = stage;
  stage.allDue = full;
  // Before its time nothing may be tried.
  await driver.tick();
  await driver.settle();
  for (let ticks = 0; ticks < MAX_TICKS; ticks++) {
    const before = journal.writes().length;
    stage.time += PAST_BACKOFF_MS;
    await driver.tick();
    await driver.settle();
    stage.allDue = false;
    if (journal.writes().length === before) return true;
  }
  watch.report('quiet', `still writes after ${MAX_TICKS} ticks`);
  return false;
}
