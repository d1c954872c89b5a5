import { compareBytes } from './order.ts';
import { type Kind, kindOf, runtimeTypeName, valueTypeOf } from './value-type.ts';
import {
  type Bytes,
  type CelError,
  type CelMap,
  type Duration,
  noSuchOverload,
  Opaque,
  Optional,
  Struct,
  type Timestamp,
  type TypeValue,
  type Uint,
  type Value,
} from './values.ts';

/** Tells whether two values are equal: numbers across their types, lists and maps by their elements. NaN equals nothing. */
export function equal(a: Value, b: Value): boolean {
  return equals(a, b) === true;
}

/**
 * The answer of `==`. It is an error only where the first is a value of a library's type or `variables` and the second
 * is of another type.
 */
export function equals(a: Value, b: Value): boolean | CelError {
  switch (typeof a) {
    case 'string':
    case 'boolean':
      return a === b;
    case 'bigint':
      return typeof b === 'bigint' ? a === b : equalsNumber(a, b);
    case 'number':
      return typeof b === 'number' ? a === b : equalsNumber(b, a);
    default:
      return a === null || b === null ? a === b : equalsObject(a, b);
  }
}

/** Compares a number with a value of another type; doubles compare with the double nearest to the integer. */
function equalsNumber(a: Value, b: Value): boolean {
  const left = kindOf(a) === 'uint' ? (a as Uint).value : a;
  const right = kindOf(b) === 'uint' ? (b as Uint).value : b;
  if (typeof left === 'bigint' && typeof right === 'bigint') return left === right;
  return isNumber(left) && isNumber(right) && Number(left) === Number(right);
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

// biome-ignore lint/suspicious/noExplicitAny: each takes two values of its kind
type Equality = (a: any, b: any) => boolean | CelError;

const equalNanos = (a: Duration | Timestamp, b: Duration | Timestamp): boolean =>
  a.nanos === b.nanos;

const EQUALITIES: Partial<Record<Kind, Equality>> = {
  bytes: (a: Bytes, b: Bytes) => compareBytes(a, b) === 0,
  duration: equalNanos,
  list: equalLists,
  map: equalMaps,
  timestamp: equalNanos,
  type: (a: TypeValue, b: TypeValue) => runtimeTypeName(a.type) === runtimeTypeName(b.type),
};

function equalsObject(a: Value, b: Value): boolean | CelError {
  if (a instanceof Opaque) return equalsOpaque(a, b);
  if (a instanceof Optional) return b instanceof Optional && equalsOptional(a, b);
  if (a instanceof Struct) return b instanceof Struct ? a === b : noSuchOverload;
  const kind = kindOf(a);
  if (kind === 'uint') return equalsNumber(a, b);
  return kind === kindOf(b) && (EQUALITIES[kind]?.(a, b) ?? false);
}

function equalsOpaque(a: Opaque, b: Value): boolean | CelError {
  const sameType =
    b instanceof Opaque && runtimeTypeName(a.type) === runtimeTypeName(valueTypeOf(b));
  return sameType ? a.equals(b) : noSuchOverload;
}

function equalsOptional(a: Optional, b: Optional): boolean | CelError {
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return equals(a.value, b.value);
}

/** Elements that cannot be compared count as equal here, as in cel-go. */
function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (equals(a[i] as Value, b[i] as Value) === false) return false;
  }
  return true;
}

/** Values that cannot be compared count as equal here, as in cel-go. */
function equalMaps(a: CelMap, b: CelMap): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || equals(value, other) === false) return false;
  }
  return true;
}
