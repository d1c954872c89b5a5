import { compareStrings } from './text.ts';
import { type Kind, kindOf } from './value-type.ts';
import {
  type Bytes,
  CelError,
  type Duration,
  noSuchOverload,
  type Timestamp,
  type Uint,
  type Value,
} from './values.ts';

/** Below zero where the first comes first, 0 where they are equal. */
export type Ordering = -1 | 0 | 1;

const notOrdered = new CelError('NaN values cannot be ordered');

const compareInts = (a: bigint, b: bigint): Ordering => (a < b ? -1 : a > b ? 1 : 0);
const compareUints = (a: Uint, b: Uint): Ordering => compareInts(a.value, b.value);
const compareTimes = (a: Duration | Timestamp, b: Duration | Timestamp): Ordering =>
  compareInts(a.nanos, b.nanos);
const compareBools = (a: boolean, b: boolean): Ordering => (a === b ? 0 : a ? 1 : -1);

function compareDoubles(a: number, b: number): Ordering | CelError {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number.isNaN(a) || Number.isNaN(b) ? notOrdered : 0;
}

/**
 * Compares as cel-go does, by the double nearest to the integer: 2^53 + 1 equals 2.0^53. It is exact where the double
 * is beyond all integers.
 */
const compareIntDouble = (a: bigint, b: number): Ordering | CelError =>
  compareDoubles(Number(a), b);
const compareDoubleInt = (a: number, b: bigint): Ordering | CelError =>
  compareDoubles(a, Number(b));

/** Bytes compare as unsigned numbers; a prefix comes first. */
export function compareBytes(a: Bytes, b: Bytes): Ordering {
  const shorter = Math.min(a.data.length, b.data.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (a.data[i] as number) - (b.data[i] as number);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return compareLengths(a.data.length, b.data.length);
}

const compareLengths = (a: number, b: number): Ordering => (a < b ? -1 : a > b ? 1 : 0);

/** Compares two values of the kinds it is listed for. */
// biome-ignore lint/suspicious/noExplicitAny: each takes the values of its place in the table
export type Comparison = (a: any, b: any) => Ordering | CelError;

/** Comparisons by the kinds of their arguments. */
export const comparisons: Readonly<Partial<Record<Kind, Partial<Record<Kind, Comparison>>>>> = {
  bool: { bool: compareBools },
  bytes: { bytes: compareBytes },
  double: {
    double: compareDoubles,
    int: compareDoubleInt,
    uint: (a: number, b: Uint) => compareDoubleInt(a, b.value),
  },
  duration: { duration: compareTimes },
  int: {
    double: compareIntDouble,
    int: compareInts,
    uint: (a: bigint, b: Uint) => compareInts(a, b.value),
  },
  string: { string: compareStrings },
  timestamp: { timestamp: compareTimes },
  uint: {
    double: (a: Uint, b: number) => compareIntDouble(a.value, b),
    int: (a: Uint, b: bigint) => compareInts(a.value, b),
    uint: compareUints,
  },
};

/**
 * Orders any two values; numbers compare across their types. Values that have no order give an error, which for a first
 * NaN is that of NaN, whatever the second is.
 */
export function compare(a: Value, b: Value): Ordering | CelError {
  const comparison = comparisons[kindOf(a)]?.[kindOf(b)];
  if (comparison) return comparison(a, b);
  return Number.isNaN(a) ? notOrdered : noSuchOverload;
}
