const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;
const DECIMAL: Record<string, number> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const MILLI_DIGITS = 3;
/** The API server stores no more than an int64 of units. */
const LARGEST = (2n ** 63n - 1n) * 1000n;
/** No exponent beyond it makes a difference: the value is the largest, or rounds to the smallest. */
const MAX_POWER = 40;

/**
 * Returns a resource quantity in thousandths, rounded up and capped as the API server does it for containers,
 * so that two ways of writing one amount compare as equal; undefined when the text is no quantity.
 */
export function quantityMilli(text: string): bigint | undefined {
  const match = FORM.exec(text);
  const [, sign, whole = '', fraction = '', suffix = '', exponent] = match ?? [];
  if (match === null || whole + fraction === '') return undefined;
  const power = exponent === undefined ? (DECIMAL[suffix] ?? 0) : clamp(Number(exponent));
  const factor = 1024n ** BigInt(BINARY.indexOf(suffix) + 1);
  const shift = power + MILLI_DIGITS - fraction.length;
  const milli = scaleUp(BigInt(whole + fraction) * factor, shift);
  const capped = milli > LARGEST ? LARGEST : milli;
  return sign === '-' ? -capped : capped;
}

function clamp(power: number): number {
  return Math.max(-MAX_POWER, Math.min(MAX_POWER, power));
}

function scaleUp(value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (value + divisor - 1n) / divisor;
}
