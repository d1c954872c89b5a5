/** The shortest decimal digits that read back as the number, without the point: 12.5 is 125 with the point at 2. */
interface Digits {
  readonly sign: '' | '-';
  readonly digits: string;
  /** Number of digits before the decimal point; it may be negative. */
  readonly point: number;
}

function digitsOf(value: number): Digits {
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e');
  return {
    sign: value < 0 || Object.is(value, -0) ? '-' : '',
    digits: mantissa.replace('.', ''),
    point: Number(exponent) + 1,
  };
}

/** Exponents from which Go's %g writes one, where the digits are the shortest. */
const MIN_EXPONENT = -4;
const MAX_EXPONENT = 6;

/** Formats as Go's %g, which is string(double): 1.5, 1e+06, NaN, +Inf. */
export function formatDouble(value: number): string {
  if (!Number.isFinite(value)) return formatSpecial(value);
  const parts = digitsOf(value);
  const exponent = value === 0 ? 0 : parts.point - 1;
  const plain = exponent >= MIN_EXPONENT && exponent < MAX_EXPONENT;
  return plain ? withoutExponent(parts) : withExponent(parts, exponent);
}

/** Formats with the shortest digits and never an exponent, as Go's %f with precision -1. */
export function formatFixed(value: number): string {
  return Number.isFinite(value) ? withoutExponent(digitsOf(value)) : formatSpecial(value);
}

function formatSpecial(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function withoutExponent({ sign, digits, point }: Digits): string {
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const whole = digits.slice(0, point).padEnd(point, '0');
  const fraction = digits.slice(point);
  return `${sign}${whole}${fraction && `.${fraction}`}`;
}

function withExponent({ sign, digits }: Digits, exponent: number): string {
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${size}`;
}
