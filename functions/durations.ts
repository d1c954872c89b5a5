// Durations as the environment has them.

/** What `durationIn` takes. */
export const DURATION_FORM = 'a duration such as 25s, 5m or 1h';
/** What `timerIn` takes. */
export const TIMER_FORM = 'a duration such as 25s, 5m or 1h, of at most 500h';

/** A timer of Node fires at once where it would last longer than 2^31 ms, which is 596 hours. */
const LONGEST_TIMER_MS = 500 * 3_600_000;

/** Returns milliseconds, more than none; undefined for what is no duration. */
export function durationIn(value: string): number | undefined {
  const [, amount, unit] = /^(\d{1,6})(ms|s|m|h)$/.exec(value) ?? [];
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit ?? ''];
  return factor && Number(amount) > 0 ? Number(amount) * factor : undefined;
}

/** Likewise, of what a timer can wait for. */
export function timerIn(value: string): number | undefined {
  const ms = durationIn(value);
  return ms !== undefined && ms <= LONGEST_TIMER_MS ? ms : undefined;
}
