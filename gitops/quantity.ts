const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?$/;
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
const NANO_DIGITS = 9;

/**
 * Returns a Kubernetes quantity in billionths, so that 0.5 and 500m compare as equal; undefined when the
 * text is no quantity. Digits below a billionth are cut off, as the API server keeps none.
 */
export function quantityNanos(text: string): bigint | undefined {
  const match = FORM.exec(text);
  const [, sign, whole = '', fraction = '', suffix = '', exponent] = match ?? [];
  if (match === null || whole + fraction === '') return undefined;
  const power = exponent === undefined ? (DECIMAL[suffix] ?? 0) : Number(exponent);
  const factor = 1024n ** BigInt(BINARY.indexOf(suffix) + 1);
  const shift = power + NANO_DIGITS - fraction.length;
  const nanos = scale(BigInt(whole + fraction) * factor, shift);
  return sign === '-' ? -nanos : nanos;
}

function scale(value: bigint, power: number): bigint {
  return power >= 0 ? value * 10n ** BigInt(power) : value / 10n ** BigInt(-power);
}
