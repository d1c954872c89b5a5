/**
 * Returns the milliseconds that a header Retry-After asks for, in seconds or as a date, which may be over; undefined where
 * it says neither. `now` is in milliseconds since the epoch.
 */
export function retryAfterIn(
  header: string | readonly string[] | null | undefined,
  now: number,
): number | undefined {
  const text = String(header ?? '');
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // Other texts that Date.parse takes for a date are none of HTTP's.
  const date = text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
