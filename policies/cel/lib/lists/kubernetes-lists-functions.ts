import { equal } from '../../values/equality.ts';
import { addInt, addUint } from '../../values/numbers.ts';
import { compare, comparisons } from '../../values/order.ts';
import { addDurations, addToTimestamp } from '../../values/time.ts';
import { kindOf } from '../../values/value-type.ts';
import {
  CelError,
  Duration,
  noSuchOverload,
  Timestamp,
  Uint,
  type Value,
} from '../../values/values.ts';

/*
 * Only of the first element it is known that it has the type of the overload. Elements that cannot be compared with one
 * another count as being in order.
 */

function hasOrder(value: Value): boolean {
  return kindOf(value) in comparisons;
}

export function isSorted(list: readonly Value[]): Value {
  for (const [i, element] of list.entries()) {
    if (!hasOrder(element)) return noSuchOverload;
    if (i > 0 && compare(list[i - 1] as Value, element) === 1) return false;
  }
  return true;
}

export const min = extreme('min', 1);
export const max = extreme('max', -1);

/** @param worse how a value compares with one that is to replace it */
function extreme(name: string, worse: 1 | -1): (list: readonly Value[]) => Value {
  const empty = new CelError(`${name} called on empty list`);
  return (list) => {
    let best = list[0];
    if (best === undefined) return empty;
    for (const element of list) {
      if (!hasOrder(element)) return noSuchOverload;
      if (compare(best, element) === worse) best = element;
    }
    return best;
  };
}

/** @param zero what the sum of no elements is */
export function sumFrom(zero: Value): (list: readonly Value[]) => Value {
  return (list) => {
    let sum = zero;
    for (const element of list) {
      sum = add(sum, element);
      if (sum instanceof CelError) return sum;
    }
    return sum;
  };
}

function add(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return addInt(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a instanceof Uint && b instanceof Uint) return addUint(a, b);
  return addTimes(a, b);
}

/** A timestamp among durations makes the sum a timestamp. */
function addTimes(a: Value, b: Value): Value {
  if (b instanceof Duration) {
    if (a instanceof Duration) return addDurations(a, b);
    if (a instanceof Timestamp) return addToTimestamp(a, b);
  }
  return a instanceof Duration && b instanceof Timestamp ? addToTimestamp(b, a) : noSuchOverload;
}

/** Returns -1 where no element equals the value. */
export function indexOf(list: readonly Value[], value: Value): bigint {
  return BigInt(list.findIndex((element) => equal(element, value)));
}

/** Returns -1 where no element equals the value. */
export function lastIndexOf(list: readonly Value[], value: Value): bigint {
  return BigInt(list.findLastIndex((element) => equal(element, value)));
}

/** Whether a list has the value, or something else is the value. */
export function includes(searched: Value, value: Value): boolean {
  if (Array.isArray(searched)) return searched.some((element) => equal(element, value));
  return equal(searched, value);
}
