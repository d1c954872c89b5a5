import { formatType } from '../../types/types.ts';
import { equal } from '../../values/equality.ts';
import { valueTypeOf } from '../../values/value-type.ts';
import { CelError, Optional, type Value } from '../../values/values.ts';

/** Leaves out elements that equal an earlier one. */
export function distinct(list: readonly Value[]): Value {
  const unique: Value[] = [];
  for (const element of list) {
    if (!unique.some((other) => equal(element, other))) unique.push(element);
  }
  return unique;
}

/** Neither end may be outside the list. */
export function slice(list: readonly Value[], start: bigint, end: bigint): Value {
  const fault = sliceFault(list.length, start, end);
  return fault
    ? new CelError(`cannot slice(${start}, ${end}), ${fault}`)
    : list.slice(Number(start), Number(end));
}

function sliceFault(size: number, start: bigint, end: bigint): string | undefined {
  if (start < 0n || end < 0n) return 'negative indexes not supported';
  if (start > end) return 'start index must be less than or equal to end index';
  return size < end ? `list is length ${size}` : undefined;
}

const negativeLevel = new CelError('level must be non-negative');

/** Takes nested lists apart, down to a depth. Lists that are flat already are taken, too, and any other value is refused. */
export function flatten(value: Value, depth?: bigint): Value {
  if (!Array.isArray(value)) return refuseFlatten(value, depth);
  if (depth !== undefined && depth < 0n) return negativeLevel;
  return value.flat(Number(depth ?? 1n));
}

function refuseFlatten(value: Value, depth?: Value): CelError {
  const args = depth === undefined ? '' : nameOf(depth);
  return new CelError(`no such overload: ${nameOf(value)}.flatten(${args})`);
}

const nameOf = (value: Value): string => formatType(valueTypeOf(value));

const MAX_RANGE = 1_000_000;

/** Returns the integers from 0 up to but without the size. */
export function range(size: bigint): Value {
  if (size < 0n) return new CelError(`lists.range: size must be non-negative, got ${size}`);
  if (size > MAX_RANGE) {
    return new CelError(`lists.range: size ${size} exceeds maximum allowed (${MAX_RANGE})`);
  }
  const integers: bigint[] = [];
  for (let i = 0n; i < size; i++) integers.push(i);
  return integers;
}

export function reverse(list: readonly Value[]): Value {
  return list.toReversed();
}

export function first(list: readonly Value[]): Optional {
  return list.length ? new Optional(list[0]) : Optional.none;
}

export function last(list: readonly Value[]): Optional {
  return list.length ? new Optional(list.at(-1)) : Optional.none;
}
