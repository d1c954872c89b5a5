import { CelError, Timestamp } from './values.ts';

const SECOND = 1_000_000_000n;

/** Seconds since 1970 of the first and last second that a timestamp can be in: years 1 to 9999. */
const MIN_SECONDS = -62_135_596_800n;
const MAX_SECONDS = 253_402_300_799n;

const timestampOverflow: CelError = new CelError('timestamp overflow');

/** Nanoseconds of 0001-01-01T00:00:00Z, which Go takes for no time at all. */
export const ZERO_TIME: bigint = MIN_SECONDS * SECOND;

/** Returns the whole seconds since 1970, rounded down. */
export function unixSeconds({ nanos }: Timestamp): bigint {
  const seconds = nanos / SECOND;
  return nanos % SECOND < 0n ? seconds - 1n : seconds;
}

/**
 * @param seconds since 1970
 * @param offset seconds east of UTC to print it with
 * @returns an error outside years 1 to 9999
 */
export function timestampOf(seconds: bigint, nanos = 0n, offset = 0): Timestamp | CelError {
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) return timestampOverflow;
  return new Timestamp(seconds * SECOND + nanos, offset);
}

/** Moves a timestamp by nanoseconds and keeps its offset. */
export function shiftTimestamp(timestamp: Timestamp, nanos: bigint): Timestamp | CelError {
  const shifted = new Timestamp(timestamp.nanos + nanos, timestamp.offset);
  const seconds = unixSeconds(shifted);
  return seconds < MIN_SECONDS || seconds > MAX_SECONDS ? timestampOverflow : shifted;
}

const SYNTAX =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Reads a time as Go's RFC 3339 layout does: hours of one digit, a decimal comma and offsets up to 24:60 are taken, too.
 * Returns undefined where the text is none, an error outside years 1 to 9999.
 */
export function parseTimestamp(text: string): Timestamp | CelError | undefined {
  const match = SYNTAX.exec(text);
  const milliseconds = match ? localMilliseconds(match) : undefined;
  const offset = match ? offsetOf(match) : undefined;
  if (!match || milliseconds === undefined || offset === undefined) return undefined;
  const nanos = BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0'));
  return timestampOf(BigInt(milliseconds / 1000 - offset), nanos, offset);
}

/** Milliseconds since 1970 of a time without offset; undefined where there is no such day or hour. */
function localMilliseconds(match: RegExpExecArray): number | undefined {
  const [year = 0, month = 0, day = 0, ...time] = match.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const [hour = 0, minute = 0, second = 0] = time;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}

function offsetOf(match: RegExpExecArray): number | undefined {
  const [, sign, hours = '0', minutes = '0'] = match.slice(7);
  if (Number(hours) > 24 || Number(minutes) > 60) return undefined;
  const seconds = (Number(hours) * 60 + Number(minutes)) * 60;
  return sign === '-' ? -seconds : seconds;
}

/** Formats as RFC 3339 with as many digits of the second as it has, and its own offset. */
export function formatTimestamp(timestamp: Timestamp): string {
  const date = dateOf(timestamp, timestamp.offset);
  const day = [
    padded(date.getUTCFullYear(), 4),
    padded(date.getUTCMonth() + 1),
    padded(date.getUTCDate()),
  ];
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((part) =>
    padded(part),
  );
  return `${day.join('-')}T${time.join(':')}${fractionOf(timestamp)}${formatOffset(timestamp.offset)}`;
}

/** Returns a Date whose UTC fields are those of the timestamp in a zone; it knows no fractions of seconds. */
export function dateOf(timestamp: Timestamp, offset: number): Date {
  return new Date((Number(unixSeconds(timestamp)) + offset) * 1000);
}

/** Returns the nanoseconds within the second. */
export function nanosOfSecond(timestamp: Timestamp): bigint {
  return timestamp.nanos - unixSeconds(timestamp) * SECOND;
}

function fractionOf(timestamp: Timestamp): string {
  const nanos = nanosOfSecond(timestamp);
  return nanos === 0n ? '' : `.${padded(nanos, 9).replace(/(?<!0)0+$/, '')}`;
}

function formatOffset(offset: number): string {
  if (offset === 0) return 'Z';
  const minutes = Math.abs(offset) / 60;
  return `${offset < 0 ? '-' : '+'}${padded(Math.trunc(minutes / 60))}:${padded(minutes % 60)}`;
}

function padded(value: number | bigint, length = 2): string {
  return String(value).padStart(length, '0');
}
