import type { Span } from './ast.ts';

type Punctuation =
  | ('==' | '!=' | '<=' | '>=' | '<' | '>' | 'in')
  | ('&&' | '||' | '!' | '?' | ':')
  | ('+' | '-' | '*' | '/' | '%')
  | ('[' | ']' | '{' | '}' | '(' | ')' | '.' | ',');

export type TokenKind =
  | Punctuation
  | ('true' | 'false' | 'null')
  | ('int' | 'uint' | 'double' | 'string' | 'bytes')
  | 'identifier'
  /** An identifier in backticks, which names a field only. */
  | 'quoted'
  | 'end'
  /** Text that begins no token; it is the last one then, and tells what is wrong. */
  | 'invalid';

export interface Token extends Span {
  readonly kind: TokenKind;
  /** Of an invalid token: what is wrong. */
  readonly problem?: string;
}

const BLANK = /(?:[\t\n\f\r ]|\/\/[^\n]*(?:\n|$))*/y;
const NUMBER = /0x[\da-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+[uU]?/y;
const OPENING = /[bB]?[rR]?("""|'''|"|')/y;
const WORD = /[A-Za-z_]\w*/y;
const QUOTED = /`[\w./ -]+`/y;
const PUNCTUATION = /==|!=|<=|>=|&&|\|\||[[\]{}().,\-!?:+*/%<>]/y;
const KEYWORDS: ReadonlySet<string> = new Set<TokenKind>(['in', 'true', 'false', 'null']);

/** Splits a text into tokens. The last one is of kind `end`, or `invalid` where the text cannot be read further. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let token: Token;
  let at = 0;
  do {
    token = tokenAt(source, at + matchAt(BLANK, source, at).length);
    tokens.push(token);
    at = token.end;
  } while (token.kind !== 'end' && token.kind !== 'invalid');
  return tokens;
}

/** Strings go before words, since `b` and `r` may begin one; numbers before punctuation, since `.5` is one. */
function tokenAt(source: string, at: number): Token {
  if (at >= source.length) return { kind: 'end', start: at, end: at };
  return (
    stringAt(source, at) ??
    wordAt(source, at) ??
    numberAt(source, at) ??
    punctuationAt(source, at) ??
    quotedAt(source, at) ??
    invalidAt(source, at)
  );
}

function stringAt(source: string, start: number): Token | undefined {
  const opening = matchAt(OPENING, source, start);
  if (!opening) return undefined;
  const quote = opening.replace(/^\w*/, '');
  const end = endOfString(source, start + opening.length, { quote, raw: /r/i.test(opening) });
  if (end === undefined) {
    const problem = `string is not closed: ${opening}`;
    return { kind: 'invalid', start, end: start + opening.length, problem };
  }
  return { kind: /^b/i.test(opening) ? 'bytes' : 'string', start, end };
}

/** Steps over escapes as a whole, so that `\"` closes nothing; whether they are right is seen when they are decoded. */
function endOfString(
  source: string,
  from: number,
  { quote, raw }: { quote: string; raw: boolean },
): number | undefined {
  const oneLine = quote.length === 1;
  for (let i = from; i < source.length; i++) {
    if (source.startsWith(quote, i)) return i + quote.length;
    const char = source[i];
    if (oneLine && (char === '\n' || char === '\r')) return undefined;
    if (char === '\\' && !raw) i++;
  }
  return undefined;
}

function wordAt(source: string, start: number): Token | undefined {
  const word = matchAt(WORD, source, start);
  if (!word) return undefined;
  const kind = KEYWORDS.has(word) ? (word as TokenKind) : 'identifier';
  return { kind, start, end: start + word.length };
}

function numberAt(source: string, start: number): Token | undefined {
  const number = matchAt(NUMBER, source, start);
  return number ? { kind: kindOfNumber(number), start, end: start + number.length } : undefined;
}

function kindOfNumber(number: string): TokenKind {
  if (/u$/i.test(number)) return 'uint';
  return !number.startsWith('0x') && /[.e]/i.test(number) ? 'double' : 'int';
}

function punctuationAt(source: string, start: number): Token | undefined {
  const text = matchAt(PUNCTUATION, source, start);
  return text ? { kind: text as TokenKind, start, end: start + text.length } : undefined;
}

function quotedAt(source: string, start: number): Token | undefined {
  const quoted = matchAt(QUOTED, source, start);
  return quoted ? { kind: 'quoted', start, end: start + quoted.length } : undefined;
}

function invalidAt(source: string, start: number): Token {
  const char = String.fromCodePoint(source.codePointAt(start) ?? 0);
  const problem = `unexpected character ${JSON.stringify(char)}`;
  return { kind: 'invalid', start, end: start + char.length, problem };
}

/** Returns what a sticky pattern matches at an offset; empty where it does not. */
function matchAt(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? '';
}
