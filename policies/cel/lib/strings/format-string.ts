import { type FormatClause, readClause } from '../../check/format-clause.ts';
import { decodeUtf8, encodeUtf8 } from '../../values/text.ts';
import { typeNameOf } from '../../values/value-type.ts';
import { Bytes, CelError, Uint, type Value } from '../../values/values.ts';
import { formatDecimal, formatScientific } from './format-number.ts';
import { formatText } from './format-value.ts';

const PERCENT = 0x25;

/** string.format() as cel-go did it up to version 3 of its extension. */
export function formatString(format: string, args: readonly Value[]): string | CelError {
  if (!format.includes('%')) return format;
  // In UTF-8, since an error names the byte after a percent sign.
  const bytes = encodeUtf8(format);
  let text = '';
  let end = 0;
  let used = 0;
  for (let at = bytes.indexOf(PERCENT); at >= 0; at = bytes.indexOf(PERCENT, end)) {
    text += decodeUtf8(bytes.subarray(end, at));
    if (bytes[at + 1] === PERCENT) {
      text += '%';
      end = at + 2;
      continue;
    }
    const piece = substitute(bytes, at + 1, { value: args[used], index: used++ });
    if (piece instanceof CelError) return piece;
    text += piece.text;
    ({ end } = piece);
  }
  return text + decodeUtf8(bytes.subarray(end));
}

interface Argument {
  /** Undefined where there are fewer arguments than clauses. */
  readonly value: Value | undefined;
  readonly index: number;
}

/** @param start the offset after the percent sign */
function substitute(
  format: Uint8Array,
  start: number,
  { value, index }: Argument,
): { readonly text: string; readonly end: number } | CelError {
  if (value === undefined) return new CelError(`index ${index} out of range`);
  if (start === format.length) return new CelError('unexpected end of string');
  const clause = readClause(format, start);
  if ('problem' in clause) return new CelError(clause.problem);
  const text = formatClause(clause, value);
  if (text instanceof CelError) return new CelError(`error during formatting: ${text.message}`);
  return { text, end: clause.end };
}

function formatClause({ verb, precision }: FormatClause, value: Value): string | CelError {
  const { format, use } = CLAUSES[verb] as Clause;
  return format(value, precision) ?? new CelError(`${use}, was given ${typeNameOf(value)}`);
}

interface Clause {
  /** What it can be used for, as its errors say. */
  readonly use: string;
  /** Returns undefined for a value that it cannot be used for. */
  readonly format: (value: Value, precision?: number) => string | CelError | undefined;
}

const hex: Clause = {
  use: 'only integers, byte buffers, and strings can be formatted as hex',
  format: formatHex,
};

const CLAUSES: Readonly<Record<string, Clause>> = {
  s: {
    use: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    format: formatText,
  },
  d: { use: 'decimal clause can only be used on integers', format: (value) => digits(value, 10) },
  f: {
    use: 'fixed-point clause can only be used on doubles',
    format: (value, precision) => withDouble(value, (double) => formatDecimal(double, precision)),
  },
  e: {
    use: 'scientific clause can only be used on doubles',
    format: (value, width) => withDouble(value, (double) => formatScientific(double, width)),
  },
  b: {
    use: 'only integers and bools can be formatted as binary',
    format: (value) => (typeof value === 'boolean' ? String(Number(value)) : digits(value, 2)),
  },
  x: hex,
  X: { ...hex, format: (value) => formatHex(value)?.toUpperCase() },
  o: { use: 'octal clause can only be used on integers', format: (value) => digits(value, 8) },
};

function digits(value: Value, base: number): string | undefined {
  if (typeof value === 'bigint') return value.toString(base);
  return value instanceof Uint ? value.value.toString(base) : undefined;
}

/** Strings that stand for doubles without digits. */
const SPECIAL: ReadonlySet<Value> = new Set(['NaN', 'Infinity', '-Infinity']);

function withDouble(value: Value, format: (value: number) => string): string | undefined {
  return typeof value === 'number' || SPECIAL.has(value) ? format(Number(value)) : undefined;
}

function formatHex(value: Value): string | undefined {
  if (typeof value === 'string') return hexOf(encodeUtf8(value));
  return value instanceof Bytes ? hexOf(value.data) : digits(value, 16);
}

function hexOf(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
