import { parseInt64 } from '../../values/number-syntax.ts';
import { CelError } from '../../values/values.ts';
import { compareDecimals, type Decimal, roundUp } from './decimal.ts';
import { Quantity } from './quantity-value.ts';

const WRONG_FORMAT = new CelError(
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
);
const WRONG_NUMBER = new CelError('unable to parse numeric part of quantity');
const WRONG_SUFFIX = new CelError("unable to parse quantity's suffix");

/** Sign, digits without leading zeros, digits after the point. Each part may be empty: `-`, `.` and `Ki` are zero. */
const NUMBER = /^([+-]?)0*([0-9]*)(?:\.([0-9]*))?/;
const SUFFIX = /^[eEinumkKMGTP]*[-+]?[0-9]*$/;
const EXPONENT = /^[eE]([+-]?[0-9]+)$/;

/** A suffix stands for base^exponent. */
interface Scale {
  readonly base: 2 | 10;
  readonly exponent: number;
}

const SCALES: ReadonlyMap<string, Scale> = new Map([
  ...['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'].map((suffix, i): [string, Scale] => [
    suffix,
    { base: 10, exponent: 3 * i - 9 },
  ]),
  ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((suffix, i): [string, Scale] => [
    suffix,
    { base: 2, exponent: 10 * i + 10 },
  ]),
]);

interface Parts {
  readonly sign: bigint;
  readonly whole: string;
  readonly fraction: string;
  readonly scale: Scale;
}

/** Parses as resource.ParseQuantity does, oddities included. */
export function parseQuantity(text: string): Quantity | CelError {
  const [number = '', sign, digits = '', fraction = ''] = NUMBER.exec(text) ?? [];
  const suffix = text.slice(number.length);
  if (text === '' || !SUFFIX.test(suffix)) return WRONG_FORMAT;
  const scale = scaleOf(suffix);
  if (!scale) return WRONG_SUFFIX;
  const parts = { sign: sign === '-' ? -1n : 1n, whole: digits || '0', fraction, scale };
  const quantity = int64Quantity(parts);
  if (quantity) return quantity;
  return /[0-9]/.test(number) ? decimalQuantity(parts) : WRONG_NUMBER;
}

function scaleOf(suffix: string): Scale | undefined {
  const scale = SCALES.get(suffix);
  if (scale) return scale;
  const digits = EXPONENT.exec(suffix)?.[1];
  return digits === undefined ? undefined : decimalScale(digits);
}

/** An exponent must be an int64, of which the lower half is taken. */
function decimalScale(digits: string): Scale | undefined {
  const exponent = parseInt64(digits);
  if (exponent === undefined) return undefined;
  return { base: 10, exponent: Number(BigInt.asIntN(32, exponent)) };
}

const NANO = -9;
/** Digits that Kubernetes takes to fit in an int64, of any number and of one with a power of two. */
const MOST_DIGITS = 18;
const MOST_BINARY_DIGITS = 14;
const LARGEST: Decimal = { unscaled: 2n ** 63n - 1n, exponent: 0 };

/** Returns undefined for what Kubernetes does not try to hold as an int64, whether it fits or not. */
function int64Quantity(parts: Parts): Quantity | undefined {
  return parts.scale.base === 2 ? binaryInt64(parts) : decimalInt64(parts);
}

function binaryInt64({ sign, whole, fraction, scale }: Parts): Quantity | undefined {
  const digits = whole.length + (scale.exponent / 10) * 3;
  if (fraction !== '' || digits > MOST_BINARY_DIGITS) return undefined;
  return Quantity.ofInt64((sign * BigInt(whole)) << BigInt(scale.exponent));
}

function decimalInt64({ sign, whole, fraction, scale }: Parts): Quantity | undefined {
  const exponent = scale.exponent - fraction.length;
  if (whole.length + fraction.length > MOST_DIGITS || exponent < NANO) return undefined;
  return Quantity.ofInt64(sign * BigInt(whole + fraction), exponent);
}

/** Rounds away from zero to a whole number of nanos; caps what has a binary suffix at the largest int64. */
function decimalQuantity({ sign, whole, fraction, scale }: Parts): Quantity {
  const isBinary = scale.base === 2;
  const value = {
    unscaled: BigInt(whole + fraction) << BigInt(isBinary ? scale.exponent : 0),
    exponent: (isBinary ? 0 : scale.exponent) - fraction.length,
  };
  const rounded = value.unscaled === 0n ? value : roundUp(value, NANO);
  const isCapped = isBinary && compareDecimals(rounded, LARGEST) > 0;
  const { unscaled, exponent } = isCapped ? LARGEST : rounded;
  return Quantity.ofDecimal({ unscaled: sign * unscaled, exponent });
}
