import { CelError, Uint } from './values.ts';

/** Arithmetic of 64-bit integers that fails rather than wraps, and conversions between the types of numbers. */

export const MIN_INT: bigint = -(2n ** 63n);
export const MAX_INT: bigint = 2n ** 63n - 1n;
export const MAX_UINT: bigint = 2n ** 64n - 1n;

export const integerOverflow: CelError = new CelError('integer overflow');
export const unsignedOverflow: CelError = new CelError('unsigned integer overflow');
const divisionByZero = new CelError('division by zero');
const modulusByZero = new CelError('modulus by zero');

/** Returns an error where the value needs more than 64 bits. */
export function checkedInt(value: bigint): bigint | CelError {
  return value >= MIN_INT && value <= MAX_INT ? value : integerOverflow;
}

/** Returns an error where the value is negative or needs more than 64 bits. */
export function checkedUint(value: bigint): Uint | CelError {
  return value >= 0n && value <= MAX_UINT ? new Uint(value) : unsignedOverflow;
}

export const addInt = (a: bigint, b: bigint): bigint | CelError => checkedInt(a + b);
export const subtractInt = (a: bigint, b: bigint): bigint | CelError => checkedInt(a - b);
export const multiplyInt = (a: bigint, b: bigint): bigint | CelError => checkedInt(a * b);
export const negateInt = (a: bigint): bigint | CelError => checkedInt(-a);

/** Rounds towards zero. */
export function divideInt(a: bigint, b: bigint): bigint | CelError {
  return b === 0n ? divisionByZero : checkedInt(a / b);
}

/** The result has the sign of the first argument; -2^63 % -1 overflows as its division does. */
export function moduloInt(a: bigint, b: bigint): bigint | CelError {
  if (b === 0n) return modulusByZero;
  return a === MIN_INT && b === -1n ? integerOverflow : a % b;
}

export const addUint = (a: Uint, b: Uint): Uint | CelError => checkedUint(a.value + b.value);
export const subtractUint = (a: Uint, b: Uint): Uint | CelError => checkedUint(a.value - b.value);
export const multiplyUint = (a: Uint, b: Uint): Uint | CelError => checkedUint(a.value * b.value);

export function divideUint(a: Uint, b: Uint): Uint | CelError {
  return b.value === 0n ? divisionByZero : new Uint(a.value / b.value);
}

export function moduloUint(a: Uint, b: Uint): Uint | CelError {
  return b.value === 0n ? modulusByZero : new Uint(a.value % b.value);
}

const TWO_TO_63 = 2 ** 63;
const TWO_TO_64 = 2 ** 64;

/** Cuts off the fraction. Unlike most conversions, -2^63 itself is out of range. */
export function doubleToInt(value: number): bigint | CelError {
  return value > -TWO_TO_63 && value < TWO_TO_63 ? BigInt(Math.trunc(value)) : integerOverflow;
}

/** Cuts off the fraction; every value below zero is out of range. */
export function doubleToUint(value: number): Uint | CelError {
  return value >= 0 && value < TWO_TO_64 ? new Uint(BigInt(Math.trunc(value))) : unsignedOverflow;
}
