import { boundText } from '../../library.ts';
import type { Value } from '../../values/values.ts';
import { CelError } from '../../values/values.ts';
import { formatGoValue } from '../go-value.ts';

/** Only ASCII letters change. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Only ASCII letters change. */
export function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** Unicode's white space; unlike trim() of JavaScript it has U+0085 and not U+FEFF. */
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.test(text[start] as string)) start++;
  while (end > start && SPACE.test(text[end - 1] as string)) end--;
  return text.slice(start, end);
}

/**
 * Replaces the first occurrences, all of them where the limit is negative. The empty string occurs before each
 * character and at the end.
 */
export function replace(
  ...[text, old, replacement, limit = -1n]: [string, string, string, bigint?]
): string {
  if (limit === 0n || old === replacement) return text;
  if (replacement.length > old.length) boundText(grown([text, old, replacement], limit));
  if (old === '') return insertBetween(text, replacement, limit);
  if (limit < 0n) return text.replaceAll(old, () => replacement);
  return splitAtMost(text, old, Number(limit) + 1).join(replacement);
}

/** Length of the text after the replacements. */
function grown([text, old, replacement]: [string, string, string], limit: bigint): number {
  const all = old === '' ? text.length + 1 : text.split(old).length - 1;
  const count = limit < 0n || limit > all ? all : Number(limit);
  return text.length + count * (replacement.length - old.length);
}

function insertBetween(text: string, inserted: string, limit: bigint): string {
  const characters = [...text];
  const all = characters.length + 1;
  const count = limit < 0n || limit > all ? all : Number(limit);
  return `${inserted}${splitAtMost(text, '', count).join(inserted)}${count === all && text ? inserted : ''}`;
}

/**
 * Splits at each separator, into at most `limit` parts where it is not negative; the last part has the rest. The empty
 * separator splits into characters.
 */
export function split(text: string, separator: string, limit = -1n): string[] {
  if (limit === 0n) return [];
  return splitAtMost(text, separator, limit < 0n ? Infinity : Number(limit));
}

function splitAtMost(text: string, separator: string, limit: number): string[] {
  const parts = separator === '' ? [...text] : text.split(separator);
  if (parts.length <= limit) return parts;
  const rest = parts.splice(limit - 1).join(separator);
  return [...parts, rest];
}

/** Only of the first element it is known that it is a string. */
export function join(list: readonly Value[], separator = ''): string | CelError {
  const wrong = list.find((element) => typeof element !== 'string');
  if (wrong !== undefined) return new CelError(`join: invalid input: ${formatGoValue(wrong)}`);
  const texts = list as readonly string[];
  boundText(texts.reduce((sum, text) => sum + text.length + separator.length, 0));
  return texts.join(separator);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** Puts a string in double quotes with the escapes that CEL has letters for. */
export function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to be escaped
  return `"${text.toWellFormed().replace(/[\x07-\r"\\]/g, (char) => ESCAPES[char] as string)}"`;
}
