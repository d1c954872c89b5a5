/** CEL counts and orders strings by code point; JavaScript does by UTF-16 unit. */

/** Returns the number of code points. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    if (isPairAt(text, i)) {
      count--;
      i++;
    }
  }
  return count;
}

/**
 * Returns the UTF-16 offset of the code point at an index, and of the end for an index that is the number of code
 * points or more.
 */
export function utf16Offset(text: string, index: number): number {
  let offset = 0;
  for (let i = 0; i < index && offset < text.length; i++) offset += isPairAt(text, offset) ? 2 : 1;
  return offset;
}

/** Returns the code points from start up to but without end. */
export function sliceCodePoints(text: string, start: number, end?: number): string {
  const from = utf16Offset(text, start);
  if (end === undefined) return text.slice(from);
  return text.slice(from, from + utf16Offset(text.slice(from), end - start));
}

/** Orders strings by code point; the result is -1, 0 or 1. */
export function compareStrings(a: string, b: string): -1 | 0 | 1 {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) < rank(right) ? -1 : 1;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

/** Moves surrogates, which stand for code points of U+10000 and more, above all other units. */
function rank(unit: number): number {
  return isSurrogate(unit) ? unit + 0x10000 : unit;
}

function isSurrogate(unit: number): boolean {
  return (unit & 0xf800) === 0xd800;
}

function isPairAt(text: string, offset: number): boolean {
  return (
    (text.charCodeAt(offset) & 0xfc00) === 0xd800 &&
    (text.charCodeAt(offset + 1) & 0xfc00) === 0xdc00
  );
}

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Returns the UTF-8 of a text; lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Returns undefined where the data is no UTF-8. */
export function decodeUtf8(data: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(data);
  } catch {
    return undefined;
  }
}
