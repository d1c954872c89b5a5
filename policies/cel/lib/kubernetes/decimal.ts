/** The number unscaled × 10^exponent. One value has many forms, and asApproximateFloat() tells them apart. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly exponent: number;
}

/**
 * Digits that powers of ten are computed to. A difference of exponents beyond it is decided without them, or refused:
 * an expression of ten characters must not fill the memory.
 */
const MOST_DIGITS = 100_000;

export function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

export function signOf(value: bigint): -1 | 0 | 1 {
  if (value === 0n) return 0;
  return value < 0n ? -1 : 1;
}

export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  if (a.exponent === b.exponent) return signOf(a.unscaled - b.unscaled);
  const sign = signOf(a.unscaled);
  const signs = sign - signOf(b.unscaled);
  if (signs !== 0) return signs < 0 ? -1 : 1;
  const lead = magnitude(a) - magnitude(b);
  if (sign === 0 || lead === 0) return compareAligned(a, b);
  return lead < 0 === sign < 0 ? 1 : -1;
}

/** Returns the power of ten of the number after its first digit. */
function magnitude({ unscaled, exponent }: Decimal): number {
  return digits(unscaled) + exponent;
}

function digits(value: bigint): number {
  return String(value < 0n ? -value : value).length;
}

/** Of two numbers of one magnitude the exponents differ by no more than one has digits. */
function compareAligned(a: Decimal, b: Decimal): -1 | 0 | 1 {
  if (a.unscaled === 0n) return 0;
  const exponent = Math.min(a.exponent, b.exponent);
  return signOf(rescale(a, exponent) - rescale(b, exponent));
}

function rescale({ unscaled, exponent }: Decimal, to: number): bigint {
  return unscaled * powerOfTen(exponent - to);
}

/** Returns the exact sum, undefined where it would have more digits than this program is willing to compute. */
export function addDecimals(a: Decimal, b: Decimal): Decimal | undefined {
  if (Math.abs(a.exponent - b.exponent) > MOST_DIGITS) return undefined;
  const exponent = Math.min(a.exponent, b.exponent);
  return { unscaled: rescale(a, exponent) + rescale(b, exponent), exponent };
}

/**
 * Returns a number that is not negative with an exponent, rounded up. Where that needs more digits than this program
 * is willing to compute, the number is exact and keeps its form.
 */
export function roundUp(value: Decimal, exponent: number): Decimal {
  const shift = exponent - value.exponent;
  if (shift <= 0) {
    return -shift > MOST_DIGITS ? value : { unscaled: rescale(value, exponent), exponent };
  }
  if (shift > digits(value.unscaled)) return { unscaled: 1n, exponent };
  const divisor = powerOfTen(shift);
  return { unscaled: (value.unscaled + divisor - 1n) / divisor, exponent };
}
