import { formatDouble } from '../../values/format-double.ts';
import { type Decimal, toFraction, toSignificant } from './exact-decimal.ts';

/**
 * How format() shows doubles: as golang.org/x/text does for English. That prints `%f` with thousands separators and `%e`
 * with superscript exponents, keeps precisions in 8 and 16 bits, and gives up on numbers of too many digits.
 */

const DEFAULT_PRECISION = 6;

/** What x/text prints for a precision or width of which all digits but the last are more than a million. */
const NO_VERB = '%!(NOVERB)';
const isTooLarge = (number: number): boolean => Math.trunc(number / 10) > 1e6;

/** Formats as `1,234.500000`. */
export function formatDecimal(value: number, precision = DEFAULT_PRECISION): string {
  if (isTooLarge(precision)) return NO_VERB;
  if (!Number.isFinite(value)) return formatSpecial(value);
  const { digits, point } = trim(rounded(Math.abs(value), (precision << 16) >> 16));
  const whole = digits.slice(0, Math.max(point, 0)).padEnd(point, '0') || '0';
  const fraction = `${'0'.repeat(Math.max(-point, 0))}${digits.slice(Math.max(point, 0))}`;
  const shown = fraction.padEnd(precision & 0xff, '0');
  return `${value < 0 ? '-' : ''}${group(whole)}${shown && `.${shown}`}`;
}

/** A precision that overflowed into the negative means all digits. */
function rounded(value: number, precision: number): Decimal {
  return precision < 0 ? shortest(value) : toFraction(value, precision);
}

function shortest(value: number): Decimal {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
}

function trim({ digits, point }: Decimal): Decimal {
  const significant = digits.replace(/(?<!0)0+$/, '');
  return { digits: significant, point: significant === '' ? 0 : point };
}

function group(whole: string): string {
  return BigInt(whole).toLocaleString('en-US');
}

const SIGNIFICANT = 7;
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Formats as `1.234568×10⁰³`; the digits are always seven, and what looks like a precision is the least width. */
export function formatScientific(value: number, width = DEFAULT_PRECISION): string {
  if (isTooLarge(width)) return NO_VERB;
  const text = Number.isFinite(value) ? formatPower(value) : formatSpecial(value);
  return text.padStart(width & 0xffff);
}

function formatPower(value: number): string {
  const { digits, point } =
    value === 0 ? { digits: '', point: 1 } : toSignificant(Math.abs(value), SIGNIFICANT);
  const all = digits.slice(0, SIGNIFICANT).padEnd(SIGNIFICANT, '0');
  const exponent = String(Math.abs(point - 1)).padStart(2, '0');
  const raised = exponent.replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] as string);
  return `${value < 0 ? '-' : ''}${all[0]}.${all.slice(1)}×10${point < 1 ? '⁻' : ''}${raised}`;
}

function formatSpecial(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '∞' : '-∞';
}

/** Formats as Go's %.6f, as doubles within lists and maps are shown. */
export function formatPlain(value: number): string {
  if (!Number.isFinite(value)) return formatDouble(value);
  const { digits } = toFraction(Math.abs(value), DEFAULT_PRECISION);
  const padded = digits.padStart(DEFAULT_PRECISION + 1, '0');
  const dot = padded.length - DEFAULT_PRECISION;
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return `${sign}${padded.slice(0, dot)}.${padded.slice(dot)}`;
}
