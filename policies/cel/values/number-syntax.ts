import { MAX_INT, MAX_UINT, MIN_INT } from './numbers.ts';

/** Texts of numbers as Go's strconv reads them. Each function returns undefined where the text is none. */

/** Reads a decimal integer with an optional sign, within 64 bits. */
export function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?0*\d{1,19}$/.test(text)) return undefined;
  const value = text.startsWith('+') ? BigInt(text.slice(1)) : BigInt(text);
  return value >= MIN_INT && value <= MAX_INT ? value : undefined;
}

/** Reads a decimal integer without sign, within 64 bits. */
export function parseUint64(text: string): bigint | undefined {
  if (!/^0*\d{1,20}$/.test(text)) return undefined;
  const value = BigInt(text);
  return value <= MAX_UINT ? value : undefined;
}

const DIGITS = '\\d+(?:_\\d+)*';
const HEX_DIGITS = '[\\da-f]+(?:_[\\da-f]+)*';
const DECIMAL = new RegExp(
  `^[+-]?(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:e[+-]?${DIGITS})?$`,
  'i',
);
const HEXADECIMAL = new RegExp(
  `^([+-]?)0x(?:_?(${HEX_DIGITS})(?:\\.(${HEX_DIGITS})?)?|\\.(${HEX_DIGITS}))p([+-]?${DIGITS})$`,
  'i',
);
const INFINITY = /^([+-]?)inf(?:inity)?$/i;

/** Reads a double: decimal, hexadecimal with a binary exponent, inf or nan; undefined also where it is too large. */
export function parseDouble(text: string): number | undefined {
  if (DECIMAL.test(text)) return finite(Number(text.replaceAll('_', '')));
  const infinity = INFINITY.exec(text);
  if (infinity) return infinity[1] === '-' ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  const hexadecimal = HEXADECIMAL.exec(text);
  return hexadecimal ? finite(fromHexadecimal(hexadecimal)) : undefined;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function fromHexadecimal(match: RegExpExecArray): number {
  const [, sign, whole = '', fraction = '', onlyFraction = '', power = '0'] = match.map((part) =>
    part?.replaceAll('_', ''),
  );
  const digits = fraction + onlyFraction;
  const exponent = Number(power) - 4 * digits.length;
  const magnitude = scale(Number(BigInt(`0x${whole}${digits}`)), exponent);
  return sign === '-' ? -magnitude : magnitude;
}

/** Multiplies by a power of two in two steps, since the power alone may be out of the range of doubles. */
function scale(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

export function parseBool(text: string): boolean | undefined {
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : undefined;
}
