// Days and times that something lasts until.

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Returns the first moment after which something is over that lasts until a day, in UTC and to its end, or until a time
 * as RFC 3339 has it; in milliseconds since 1970. Undefined where the text is neither.
 */
export function instantAfter(text: string): number | undefined {
  const day = startOfDay(text);
  if (day !== undefined) return day + 24 * 60 * 60 * 1000;
  const date = TIME.exec(text)?.[1] ?? '';
  return startOfDay(date) === undefined ? undefined : Date.parse(text.toUpperCase());
}

/** Returns a day's first moment in UTC, or a time as RFC 3339 has it; in milliseconds since 1970. Undefined where the text is neither. */
export function instantOf(text: string): number | undefined {
  return startOfDay(text) ?? instantAfter(text);
}

/** Undefined for days that no calendar has, such as February 30. */
function startOfDay(text: string): number | undefined {
  const [, year, month, day] = (DAY.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const start = Date.UTC(year, month - 1, day);
  return new Date(start).toISOString().startsWith(text) ? start : undefined;
}
