import { opaque } from '../../types/types.ts';
import { CelError, noSuchOverload, Opaque } from '../../values/values.ts';
import { addDecimals, compareDecimals, type Decimal, powerOfTen, signOf } from './decimal.ts';

const QUANTITY = opaque('kubernetes.Quantity');
const TOO_LARGE = new CelError('quantity has too many digits');

/**
 * A resource.Quantity: a number of any precision. Kubernetes holds it as an int64 with an exponent where that fits, and
 * whether it does can be seen: isInteger() is false for all others.
 */
export class Quantity extends Opaque {
  readonly type = QUANTITY;
  #value: Decimal;
  #isInt64: boolean;
  /** Sums are of another type in Go, and `x == sum` is an error there. */
  readonly isSum: boolean;

  private constructor(value: Decimal, isInt64: boolean, isSum: boolean) {
    super();
    this.#value = value;
    this.#isInt64 = isInt64;
    this.isSum = isSum;
  }

  /** @param unscaled must fit in an int64 */
  static ofInt64(unscaled: bigint, exponent = 0): Quantity {
    return new Quantity({ unscaled, exponent }, true, false);
  }

  static ofDecimal(value: Decimal): Quantity {
    return new Quantity(value, false, false);
  }

  override equals(other: Opaque): boolean | CelError {
    if (!(other instanceof Quantity) || other.isSum) return noSuchOverload;
    return compareDecimals(this.#value, other.#value) === 0;
  }

  sign(): -1 | 0 | 1 {
    return signOf(this.#value.unscaled);
  }

  /** A comparison with a quantity that is no int64 makes this one such, too, for the rest of the evaluation. */
  compare(other: Quantity): -1 | 0 | 1 {
    this.#isInt64 &&= other.#isInt64;
    return compareDecimals(this.#value, other.#value);
  }

  /** Returns undefined where the value, or Kubernetes' form of it, is no int64. */
  toInt64(): bigint | undefined {
    if (!this.#isInt64 || this.#value.exponent < 0) return undefined;
    return scaleInt64(this.#value.unscaled, this.#value.exponent);
  }

  /** Returns a double near the value; not always the nearest, and NaN for zeros such as 0e400. */
  toApproximateFloat(): number {
    const { unscaled, exponent } = this.#value;
    return exponent === 0 ? Number(unscaled) : Number(unscaled) * doublePowerOfTen(exponent);
  }

  add(other: Quantity): Quantity | CelError {
    return this.#sum(other.#value, other.#isInt64);
  }

  subtract(other: Quantity): Quantity | CelError {
    const { unscaled, exponent } = other.#value;
    return this.#sum({ unscaled: -unscaled, exponent }, other.#isInt64);
  }

  #sum(summand: Decimal, isInt64: boolean): Quantity | CelError {
    const int64 = this.#isInt64 && isInt64 ? addInt64(this.#value, summand) : undefined;
    if (int64) return new Quantity(int64, true, true);
    const exact = addDecimals(this.#value, summand);
    return exact ? new Quantity(exact, false, true) : TOO_LARGE;
  }
}

/** Returns the sum of two int64 with exponents, undefined where it is none. */
function addInt64(a: Decimal, b: Decimal): Decimal | undefined {
  if (b.unscaled === 0n) return a;
  // Go's negative of -2^63 is itself, which makes a difference of it wrong.
  const summand = BigInt.asIntN(64, b.unscaled);
  if (a.unscaled === 0n) return { unscaled: summand, exponent: b.exponent };
  const exponent = Math.min(a.exponent, b.exponent);
  const left = scaleInt64(a.unscaled, a.exponent - exponent);
  const right = scaleInt64(summand, b.exponent - exponent);
  if (left === undefined || right === undefined) return undefined;
  const sum = left + right;
  return fitsInt64(sum) ? { unscaled: sum, exponent } : undefined;
}

/** No int64 has more digits. */
const MOST_INT64_DIGITS = 19;

function scaleInt64(value: bigint, exponent: number): bigint | undefined {
  if (value === 0n) return value;
  if (exponent > MOST_INT64_DIGITS) return undefined;
  const scaled = value * powerOfTen(exponent);
  return fitsInt64(scaled) ? scaled : undefined;
}

function fitsInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

const GREATEST_POWER = 308;
const LEAST_POWER = -323;
const STEP = 32;

/** Computes the power from two, as Go does: it may differ from the nearest double in the last place. */
function doublePowerOfTen(exponent: number): number {
  if (exponent > GREATEST_POWER) return Infinity;
  if (exponent < LEAST_POWER) return 0;
  const rest = Math.abs(exponent) % STEP;
  const steps = Math.abs(exponent) - rest;
  return exponent < 0
    ? Number(`1e-${steps}`) / Number(`1e${rest}`)
    : Number(`1e${steps}`) * Number(`1e${rest}`);
}
