// resource.Quantity as the API server writes it back: mostly in canonical form, but some texts are kept as they came.

interface Amount {
  /** The value is unscaled * 10^exponent. */
  readonly unscaled: bigint;
  readonly exponent: number;
  readonly format: Format;
  /** The text it was read from, where the API server repeats that instead of the canonical form. */
  readonly text?: string;
}

type Format = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

// Each digit can belong to one part alone: a text of any length is refused as fast as it is read.
const FORM = /^([+-]?)(\d*)(?:\.(\d*))?((?:[eEinumkKMGTP]+[+-]?\d*)?)$/;
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const EXPONENT = /^[eE]([+-]?\d+)$/;
const NANO = -9;
const MILLI = -3;
/** More digits than this do not surely fit an int64. */
const INT64_DIGITS = 18;
const MAX_INT64 = 2n ** 63n - 1n;

/** Returns the quantity as the API server shows it; undefined where the text is none. */
export function canonicalQuantity(text: string): string | undefined {
  const amount = parse(text.trim());
  return amount && format(amount);
}

/** Returns the quantity rounded up to thousandths, as resource lists are; the text must be a quantity. */
export function roundUpToMilli(text: string): string {
  const amount = parse(text);
  if (amount === undefined || amount.exponent >= MILLI) return text;
  const { unscaled, exponent } = amount;
  return format({
    unscaled: divideAway(unscaled, MILLI - exponent),
    exponent: MILLI,
    format: amount.format,
  });
}

/** Tells whether two quantities are the same amount. */
export function equalQuantities(a: string, b: string): boolean {
  const [left, right] = [parse(a), parse(b)].map((amount) => amount && withoutZeros(amount));
  return left?.unscaled === right?.unscaled && left?.exponent === right?.exponent;
}

function parse(text: string): Amount | undefined {
  const [match, sign, whole = '', fraction = '', suffix = ''] = FORM.exec(text) ?? [];
  const scale = interpret(suffix);
  if (!match || scale === undefined) return undefined;
  const digits = (whole.replace(/^0+/, '') || '0') + fraction;
  const number = { digits, fraction, negative: sign === '-', ...scale };
  return fits(number) ? exact(number, text) : rounded(number);
}

interface Scale {
  readonly format: Format;
  /** The power of 10, or of 1024 where the format is BinarySI. */
  readonly power: number;
}

function interpret(suffix: string): Scale | undefined {
  const decimal = DECIMAL.indexOf(suffix);
  if (decimal >= 0) return { format: 'DecimalSI', power: NANO + 3 * decimal };
  const binary = BINARY.indexOf(suffix);
  if (binary > 0) return { format: 'BinarySI', power: binary };
  const exponent = EXPONENT.exec(suffix)?.[1];
  return exponent === undefined
    ? undefined
    : { format: 'DecimalExponent', power: Number(exponent) };
}

interface Parts extends Scale {
  /** All digits but leading zeros; the last of them are the fraction. */
  readonly digits: string;
  readonly fraction: string;
  readonly negative: boolean;
}

/** Tells whether the value is one that the API server handles as an int64, which decides how it is written. */
function fits({ format, power, digits, fraction }: Parts): boolean {
  if (format !== 'BinarySI') {
    return digits.length <= INT64_DIGITS && power - fraction.length >= NANO;
  }
  return fraction === '' && 15 - digits.length - 3 * power - 1 >= 0;
}

function exact({ format, power, digits, fraction, negative }: Parts, text: string): Amount {
  const value = BigInt(digits);
  const binary = format === 'BinarySI';
  const unscaled = signed(binary ? value * 1024n ** BigInt(power) : value, negative);
  const exponent = binary ? 0 : power - fraction.length;
  const kept = binary
    ? value % 8n !== 0n
    : exponent % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
  return { unscaled, exponent, format, ...(kept && { text }) };
}

function rounded({ format, power, digits, fraction, negative }: Parts): Amount {
  const binary = format === 'BinarySI';
  const value = BigInt(digits) * (binary ? 1024n ** BigInt(power) : 1n);
  const exponent = (binary ? 0 : power) - fraction.length;
  const nano = exponent >= NANO ? value : divideAway(value, NANO - exponent);
  const amount = { unscaled: nano, exponent: Math.max(exponent, NANO), format };
  return withSign(binary ? withinInt64(amount) : amount, negative);
}

/** Binary amounts have a largest value, and below 1 they are written as decimal ones. */
function withinInt64(amount: Amount): Amount {
  const unit = 10n ** BigInt(-amount.exponent);
  if (amount.unscaled > MAX_INT64 * unit) return { ...amount, unscaled: MAX_INT64, exponent: 0 };
  return amount.unscaled < unit ? { ...amount, format: 'DecimalSI' } : amount;
}

function withSign(amount: Amount, negative: boolean): Amount {
  return { ...amount, unscaled: signed(amount.unscaled, negative) };
}

function signed(value: bigint, negative: boolean): bigint {
  return negative ? -value : value;
}

/** Divides by a power of ten, away from zero. */
function divideAway(value: bigint, power: number): bigint {
  if (value < 0n) return -divideAway(-value, power);
  if (power > value.toString().length) return value === 0n ? 0n : 1n;
  const divisor = 10n ** BigInt(power);
  return (value + divisor - 1n) / divisor;
}

function format(amount: Amount): string {
  if (amount.text !== undefined) return amount.text;
  if (amount.unscaled === 0n) return '0';
  return (amount.format === 'BinarySI' && binaryText(amount)) || decimalText(amount);
}

/** Returns undefined for what is written as a decimal amount: small ones and fractions. */
function binaryText({ unscaled, exponent }: Amount): string | undefined {
  const unit = 10n ** BigInt(-exponent);
  if (unscaled % unit !== 0n) return undefined;
  let value = unscaled / unit;
  if (value > -1024n && value < 1024n) return undefined;
  let power = 0;
  for (; value % 1024n === 0n; power++) value /= 1024n;
  return `${value}${BINARY[power] ?? ''}`;
}

function decimalText(amount: Amount): string {
  const { unscaled, exponent } = withoutZeros(amount);
  const surplus = ((exponent % 3) + 3) % 3;
  const power = exponent - surplus;
  const value = unscaled * 10n ** BigInt(surplus);
  if (amount.format !== 'DecimalExponent') return `${value}${DECIMAL[(power - NANO) / 3] ?? ''}`;
  return power === 0 ? `${value}` : `${value}e${power}`;
}

/** Moves all factors of ten from the digits into the exponent. */
function withoutZeros({ unscaled, exponent, format }: Amount): Amount {
  if (unscaled === 0n) return { unscaled, exponent: 0, format };
  const zeros = /(?<!0)0*$/.exec(unscaled.toString())?.[0].length ?? 0;
  return { unscaled: unscaled / 10n ** BigInt(zeros), exponent: exponent + zeros, format };
}
