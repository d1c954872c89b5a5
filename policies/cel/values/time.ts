import { checkedDuration } from './duration.ts';
import { checkedInt, MIN_INT } from './numbers.ts';
import { zoneOffset } from './time-zone.ts';
import { dateOf, nanosOfSecond, shiftTimestamp } from './timestamp.ts';
import { CelError, type Duration, type Timestamp } from './values.ts';

/** Arithmetic of durations and timestamps, and the parts of a timestamp. */

export function addDurations(a: Duration, b: Duration): Duration | CelError {
  return checkedDuration(a.nanos + b.nanos);
}

export function subtractDurations(a: Duration, b: Duration): Duration | CelError {
  return checkedDuration(a.nanos - b.nanos);
}

export function negateDuration(a: Duration): Duration | CelError {
  return checkedDuration(-a.nanos);
}

export function addToTimestamp(timestamp: Timestamp, duration: Duration): Timestamp | CelError {
  return shiftTimestamp(timestamp, duration.nanos);
}

/** The smallest duration cannot be subtracted, since it has no negative. */
export function subtractFromTimestamp(
  timestamp: Timestamp,
  duration: Duration,
): Timestamp | CelError {
  if (duration.nanos === MIN_INT) return checkedInt(-MIN_INT) as CelError;
  return shiftTimestamp(timestamp, -duration.nanos);
}

export function subtractTimestamps(a: Timestamp, b: Timestamp): Duration | CelError {
  return checkedDuration(a.nanos - b.nanos);
}

/** A part of a timestamp as it is written in a zone. */
export type TimestampPart = (date: Date, timestamp: Timestamp) => number;

const DAY = 86_400_000;

/** The parts by the names of their methods. Months, days of the year, of the month and of the week count from 0. */
export const timestampParts = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDayOfYear: (date) => dayOfYear(date),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDate: (date) => date.getUTCDate(),
  getDayOfWeek: (date) => date.getUTCDay(),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (_, timestamp) => Number(nanosOfSecond(timestamp) / 1_000_000n),
} as const satisfies Readonly<Record<string, TimestampPart>>;

function dayOfYear(date: Date): number {
  const first = new Date(date.getTime());
  first.setUTCMonth(0, 1);
  return Math.round((date.getTime() - first.getTime()) / DAY);
}

/**
 * Returns a part of a timestamp in a time zone.
 *
 * @param zone an IANA name or a fixed offset, UTC by default
 * @returns an error where there is no such zone
 */
export function partOf(part: TimestampPart, timestamp: Timestamp, zone = 'UTC'): bigint | CelError {
  const offset = zoneOffset(zone, timestamp);
  if (offset instanceof CelError) return offset;
  return BigInt(part(dateOf(timestamp, offset), timestamp));
}
