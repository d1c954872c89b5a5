/** A clause of a format string, `%s` or `%.3f`. */
export interface FormatClause {
  /** The letter of the clause: one of `sdfebxXo`. */
  readonly verb: string;
  readonly precision: number | undefined;
  /** The offset after the clause. */
  readonly end: number;
}

/** What is wrong with a clause; the text is cel-go's. */
export interface BadClause {
  readonly problem: string;
}

const DOT = 0x2e;
const VERBS = 'sdfebxXo';
const MAX_INT = 2n ** 63n - 1n;

/**
 * Reads a clause of a format string in UTF-8.
 *
 * @param start the offset after the percent sign, before the end of the string
 */
export function readClause(format: Uint8Array, start: number): FormatClause | BadClause {
  const precision = readPrecision(format, start);
  if ('problem' in precision) return bad(`error while parsing precision: ${precision.problem}`);
  const verb = String.fromCharCode(format[precision.end] as number);
  if (!VERBS.includes(verb)) return bad(`unrecognized formatting clause "${verb}"`);
  return { verb, precision: precision.value, end: precision.end + 1 };
}

function bad(problem: string): BadClause {
  return { problem: `could not parse formatting clause: ${problem}` };
}

interface Precision {
  readonly value: number | undefined;
  readonly end: number;
}

function readPrecision(format: Uint8Array, start: number): Precision | BadClause {
  if (format[start] !== DOT) return { value: undefined, end: start };
  let end = start + 1;
  while (isDigit(format[end])) end++;
  if (end === format.length) return { problem: 'could not find end of precision specifier' };
  const digits = String.fromCharCode(...format.subarray(start + 1, end));
  const fault = digits === '' ? 'invalid syntax' : outOfRange(digits);
  if (!fault) return { value: Number(digits), end };
  const cause = `strconv.Atoi: parsing "${digits}": ${fault}`;
  return { problem: `error while converting precision to integer: ${cause}` };
}

function outOfRange(digits: string): string | undefined {
  return BigInt(digits) > MAX_INT ? 'value out of range' : undefined;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
