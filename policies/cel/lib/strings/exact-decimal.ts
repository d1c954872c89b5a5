/** The digits of a number that is not negative: 12.5 is 125 with 2 digits before the point, 0.05 is 5 with -1. */
export interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/**
 * Returns a double rounded to a number of digits after the point. Unlike toFixed() it rounds halves to even and has no
 * bounds.
 *
 * @param value finite and not negative
 */
export function toFraction(value: number, digits: number): Decimal {
  const { numerator, denominator } = fractionOf(value);
  return decimalOf(divideToEven(numerator * 10n ** BigInt(digits), denominator), -digits);
}

/**
 * Returns a double rounded to a number of significant digits; halves go to even.
 *
 * @param value finite and greater than 0
 */
export function toSignificant(value: number, digits: number): Decimal {
  const exponent = Number(value.toExponential(20).split('e')[1]);
  const scale = digits - 1 - exponent;
  const { numerator, denominator } = fractionOf(value);
  const rounded =
    scale < 0
      ? divideToEven(numerator, denominator * 10n ** BigInt(-scale))
      : divideToEven(numerator * 10n ** BigInt(scale), denominator);
  return decimalOf(rounded, -scale);
}

function decimalOf(digits: bigint, exponent: number): Decimal {
  const text = digits === 0n ? '' : String(digits);
  return { digits: text, point: text.length + exponent };
}

const view = new DataView(new ArrayBuffer(8));

function fractionOf(value: number): { numerator: bigint; denominator: bigint } {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  const exponent = Math.max(biased, 1) - 1075;
  return exponent < 0
    ? { numerator: mantissa, denominator: 1n << BigInt(-exponent) }
    : { numerator: mantissa << BigInt(exponent), denominator: 1n };
}

function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}
