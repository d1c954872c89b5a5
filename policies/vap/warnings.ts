// The API server's limits on the warnings of one answer.

/** Characters of all warnings together; beyond, each is cut. */
const MAX_TOTAL = 4 * 1024;
const MAX_EACH = 256;

/**
 * Returns the warnings that reach the client: each once, none with control characters, and if they are too much
 * together, each cut short and the last ones left out.
 */
export function shownWarnings(texts: readonly string[]): string[] {
  const distinct = [...new Set(texts)].filter((text) => text !== '');
  const whole = distinct.filter(isPrintable);
  if (total(whole) <= MAX_TOTAL) return whole;
  return cut(distinct);
}

function cut(texts: readonly string[]): string[] {
  const shown: string[] = [];
  for (const text of texts) {
    if (total(shown) >= MAX_TOTAL) break;
    const short = [...text].slice(0, MAX_EACH).join('');
    if (isPrintable(short)) shown.push(short);
  }
  return shown;
}

function isPrintable(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}

function total(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + [...text].length, 0);
}
