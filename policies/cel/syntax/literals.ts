import { encodeUtf8 } from '../values/text.ts';
import type { Literal, Span } from './ast.ts';

/** Why a literal has no value. */
export interface LiteralFault {
  readonly fault: string;
  /** The part of the literal's text that is wrong; without it, all of it is. */
  readonly at?: Span;
}

export type LiteralKind = 'int' | 'uint' | 'double' | 'string' | 'bytes';

const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

/** Reads the text of a token; an int or double may have a sign. */
export function readLiteral(kind: LiteralKind, text: string): Literal | LiteralFault {
  switch (kind) {
    case 'int':
      return readInt(text);
    case 'uint':
      return readUint(text.slice(0, -1));
    case 'double':
      return readDouble(text);
    case 'string':
      return readString(text);
    case 'bytes':
      return readBytes(text.slice(1));
  }
}

function readInt(text: string): Literal | LiteralFault {
  const negative = text.startsWith('-');
  const magnitude = BigInt(negative ? text.slice(1) : text);
  if (magnitude > (negative ? MAX_INT + 1n : MAX_INT)) return { fault: 'invalid int literal' };
  return { type: 'int', value: negative ? -magnitude : magnitude };
}

function readUint(digits: string): Literal | LiteralFault {
  const value = BigInt(digits);
  return value > MAX_UINT ? { fault: 'invalid uint literal' } : { type: 'uint', value };
}

function readDouble(text: string): Literal | LiteralFault {
  const value = Number(text);
  return Number.isFinite(value) ? { type: 'double', value } : { fault: 'invalid double literal' };
}

function readString(text: string): Literal | LiteralFault {
  const parts = unquote(text);
  if ('fault' in parts) return parts;
  if (!parts.every(isUnicode)) return { fault: 'invalid unicode code point' };
  const value = parts.map((part) => (isEscape(part) ? String.fromCodePoint(part.code) : part));
  return { type: 'string', value: value.join('') };
}

function readBytes(text: string): Literal | LiteralFault {
  const parts = unquote(text, 1);
  if ('fault' in parts) return parts;
  if (parts.some((part) => isEscape(part) && part.unicode)) {
    return { fault: 'unable to unescape string' };
  }
  const chunks = parts.map((part) => (isEscape(part) ? [part.code] : encodeUtf8(part)));
  return { type: 'bytes', value: concat(chunks) };
}

function concat(chunks: readonly ArrayLike<number>[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** An escape sequence: a code point in a string, a byte in bytes. */
interface Escape {
  readonly code: number;
  /** Written `\u` or `\U`, which bytes have not. */
  readonly unicode: boolean;
}

type Part = string | Escape;

function isEscape(part: Part): part is Escape {
  return typeof part !== 'string';
}

function isUnicode(part: Part): boolean {
  return !isEscape(part) || (part.code <= 0x10ffff && (part.code & ~0x7ff) !== 0xd800);
}

const OPENING = /^[rR]?("""|'''|"|')/;
const PIECES =
  /\\(?:(?<char>[abfnrtv"'\\?`])|(?<octal>[0-3][0-7]{2})|[xX](?<hex>[\da-fA-F]{2})|u(?<short>[\da-fA-F]{4})|U(?<long>[\da-fA-F]{8}))|(?<run>[^\\]+)|\\/g;
const NAMED: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** @param offset of the text in its token */
function unquote(text: string, offset = 0): Part[] | LiteralFault {
  const [opening = '', quote = ''] = OPENING.exec(text) ?? [];
  const content = text.slice(opening.length, -quote.length);
  if (opening !== quote) return [unifyNewlines(content)];
  const parts: Part[] = [];
  for (const { groups = {}, index } of content.matchAll(PIECES)) {
    const part = readPiece(groups);
    if (part === undefined) return invalidEscape(offset + opening.length + index);
    parts.push(part);
  }
  return parts;
}

function readPiece(groups: Readonly<Record<string, string | undefined>>): Part | undefined {
  const { run, char, octal, hex, short, long } = groups;
  if (run) return unifyNewlines(run);
  if (char) return { code: NAMED[char] ?? char.charCodeAt(0), unicode: false };
  if (octal) return { code: Number.parseInt(octal, 8), unicode: false };
  if (hex) return { code: Number.parseInt(hex, 16), unicode: false };
  const unicode = short ?? long;
  return unicode ? { code: Number.parseInt(unicode, 16), unicode: true } : undefined;
}

function invalidEscape(start: number): LiteralFault {
  return { fault: 'Syntax error: invalid escape sequence', at: { start, end: start + 2 } };
}

/** Every literal, also of bytes and a raw one, has its line ends as \n. */
function unifyNewlines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
