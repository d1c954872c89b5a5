import { formatFixed } from './format-double.ts';
import { checkedInt, MAX_INT } from './numbers.ts';
import { CelError, Duration } from './values.ts';

/** Nanoseconds of the units of Go's durations; the micro sign is U+00B5 or the Greek letter. */
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;

/** The largest magnitude, which only a negative duration reaches. */
const MAX_MAGNITUDE = MAX_INT + 1n;

const PART = /(\d*)(?:\.(\d*))?([^\d.]+)/y;

/**
 * Reads a duration as Go writes it: `1h30m`, `-1.5s`, `0`. Fractions are computed with doubles as Go does. Returns
 * undefined where the text is none or out of range.
 */
export function parseDuration(text: string): Duration | undefined {
  const negative = text.startsWith('-');
  const unsigned = negative || text.startsWith('+') ? text.slice(1) : text;
  const magnitude = unsigned === '0' ? 0n : sumOfParts(unsigned);
  if (magnitude === undefined || (magnitude > MAX_INT && !negative)) return undefined;
  return new Duration(negative ? -magnitude : magnitude);
}

function sumOfParts(text: string): bigint | undefined {
  if (text === '') return undefined;
  let sum = 0n;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    const nanos = part ? nanosOfPart(part) : undefined;
    if (nanos === undefined) return undefined;
    sum += nanos;
    if (sum > MAX_MAGNITUDE) return undefined;
  }
  return sum;
}

function nanosOfPart([, whole = '', fraction = '', name = '']: RegExpExecArray):
  | bigint
  | undefined {
  const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
  if (unit === undefined || whole + fraction === '') return undefined;
  // Go gives up on more digits than fit; leading zeros are no such digits.
  const significant = whole.replace(/^0+/, '');
  if (significant.length > 19) return undefined;
  const nanos = BigInt(significant) * unit + fractionOf(fraction, unit);
  return nanos <= MAX_MAGNITUDE ? nanos : undefined;
}

/** Digits of the fraction beyond 63 bits are ignored. */
function fractionOf(digits: string, unit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (next > MAX_MAGNITUDE) break;
    value = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

/** Formats as seconds, `5400s` or `1.5s`, with the digits a double has. */
export function formatDuration(duration: Duration): string {
  return `${formatFixed(inUnits(duration, SECOND))}s`;
}

/** Whole units and the rest are turned into doubles apart, which rounds as Go does. */
function inUnits({ nanos }: Duration, unit: bigint): number {
  return Number(nanos / unit) + Number(nanos % unit) / Number(unit);
}

/** The whole duration in a unit, cut off. */
export const hoursOf = (duration: Duration): bigint => wholeUnits(duration, HOUR);
export const minutesOf = (duration: Duration): bigint => wholeUnits(duration, MINUTE);
export const secondsOf = (duration: Duration): bigint => wholeUnits(duration, SECOND);
export const millisecondsOf = ({ nanos }: Duration): bigint => nanos / 1_000_000n;

function wholeUnits(duration: Duration, unit: bigint): bigint {
  return BigInt(Math.trunc(inUnits(duration, unit)));
}

/** Returns an error where the duration needs more than 64 bits of nanoseconds. */
export function checkedDuration(nanos: bigint): Duration | CelError {
  const checked = checkedInt(nanos);
  return checked instanceof CelError ? checked : new Duration(checked);
}
