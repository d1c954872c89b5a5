import { encodeUtf8 } from '../values/text.ts';

/**
 * Go's strings are bytes, and the parsers here cut them between bytes. So they work on byte strings: JavaScript strings
 * with one unit of 0 to 255 for each byte of UTF-8. A text in ASCII is its own byte string.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins with them
const ASCII = /^[\x00-\x7f]*$/;

/** Returns the UTF-8 of a text as a byte string. */
export function toByteString(text: string): string {
  if (ASCII.test(text)) return text;
  let bytes = '';
  for (const byte of encodeUtf8(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/**
 * Returns the text whose UTF-8 a byte string is. A byte that is no part of UTF-8 becomes a lone low surrogate of its
 * own, so that it counts as one character and equals only itself, as in Go.
 */
export function fromByteString(bytes: string): string {
  if (ASCII.test(bytes)) return bytes;
  let text = '';
  for (const rune of runes(bytes)) {
    text += rune.invalid
      ? String.fromCharCode(0xdc00 + rune.code)
      : String.fromCodePoint(rune.code);
  }
  return text;
}

/** Returns the number of bytes of UTF-8 of a text. */
export function byteLength(text: string): number {
  return ASCII.test(text) ? text.length : encodeUtf8(text).length;
}

/** A character of a byte string, or a byte that belongs to none. */
interface Rune {
  readonly code: number;
  readonly length: number;
  readonly invalid?: true;
}

function* runes(bytes: string): Generator<Rune> {
  for (let at = 0; at < bytes.length; ) {
    const rune = runeAt(bytes, at);
    yield rune;
    at += rune.length;
  }
}

/** Least code points of two, three and four bytes of UTF-8; shorter ones must not be written that long. */
const LEAST = [0, 0, 0x80, 0x800, 0x10000];

function runeAt(bytes: string, at: number): Rune {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return { code: first, length: 1 };
  const length = lengthOfRune(first);
  let code = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = bytes.charCodeAt(at + i);
    if ((next & 0xc0) !== 0x80) return { code: first, length: 1, invalid: true };
    code = (code << 6) | (next & 0x3f);
  }
  const valid = length > 1 && code >= (LEAST[length] ?? 0) && isScalar(code);
  return valid ? { code, length } : { code: first, length: 1, invalid: true };
}

function lengthOfRune(first: number): number {
  if (first >= 0xf8) return 1;
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}

function isScalar(code: number): boolean {
  return code <= 0x10ffff && (code & 0x1ff800) !== 0xd800;
}

const ESCAPED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** Returns a byte string in double quotes as Go's %q writes it; the result is a text. */
export function quote(bytes: string): string {
  let quoted = '"';
  for (const rune of runes(bytes)) quoted += quoteRune(rune);
  return `${quoted}"`;
}

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function quoteRune({ code, invalid }: Rune): string {
  if (invalid) return `\\x${hex(code, 2)}`;
  const char = String.fromCodePoint(code);
  const escaped = ESCAPED[char];
  if (escaped) return escaped;
  if (PRINTABLE.test(char)) return char;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
