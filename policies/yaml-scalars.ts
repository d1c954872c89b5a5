// Where a character of a scalar's value stands in the file: block texts are indented, folded and quoted ones rewritten.
import { getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';

/** A run of the source, and what it stands for in the value. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Returns the offset in the source of the unit `within` of the scalar's value; the end of what comes before where that
 * unit is written nowhere, as the space of a folded line is.
 */
export function sourceOffset(source: string, scalar: ScalarEvent, within: number): number {
  if (scalar.fast) return Math.min(scalar.valueStart + within, scalar.valueEnd);
  const value = getScalarValue(source, scalar);
  let end: number | undefined;
  for (const { at, piece } of alignedPieces(source, scalar, value)) {
    if (within < at) return end ?? piece.start;
    if (within < at + piece.text.length) return piece.start + within - at;
    end = piece.end;
  }
  return end ?? scalar.valueStart;
}

/** Pairs each piece with where it begins in the value. */
function* alignedPieces(source: string, scalar: ScalarEvent, value: string) {
  let read = 0;
  for (const piece of pieces(source, scalar)) {
    const at = value.indexOf(piece.text, read);
    if (at < 0) continue;
    yield { at, piece };
    read = at + piece.text.length;
  }
}

const DECODERS: Readonly<Record<number, (line: Piece) => Iterable<Piece>>> = {
  [SCALAR_STYLE.SINGLE_QUOTED]: undoubled,
  [SCALAR_STYLE.DOUBLE_QUOTED]: unescaped,
};

function* pieces(source: string, scalar: ScalarEvent): Generator<Piece> {
  const block =
    scalar.style === SCALAR_STYLE.LITERAL_BLOCK || scalar.style === SCALAR_STYLE.FOLDED_BLOCK;
  const strip = block ? stripBlock(scalar.indent) : stripFlow(scalar);
  const decode = DECODERS[scalar.style];
  for (const match of source.slice(scalar.valueStart, scalar.valueEnd).matchAll(/[^\r\n]+/g)) {
    const start = scalar.valueStart + match.index;
    const line = strip({ start, end: start + match[0].length, text: match[0] });
    if (decode) yield* decode(line);
    else if (line.text !== '') yield line;
  }
}

/** Takes the indentation off; further blanks belong to the value. */
const stripBlock = (indent: number) => (line: Piece) =>
  dropStart(line, new RegExp(`^ {0,${Math.max(indent, 0)}}`));

/** Takes off the blanks around a line break, which stand for one space or for line breaks. */
const stripFlow = (scalar: ScalarEvent) => (line: Piece) => {
  const inner = line.start === scalar.valueStart ? line : dropStart(line, /^[ \t]*/);
  if (line.end === scalar.valueEnd) return inner;
  const text = inner.text.replace(/(?<![ \t])[ \t]+$/, '');
  return { ...inner, text, end: inner.start + text.length };
};

function dropStart({ start, end, text }: Piece, what: RegExp): Piece {
  const kept = text.replace(what, '');
  return { start: start + text.length - kept.length, end, text: kept };
}

function* undoubled(line: Piece): Generator<Piece> {
  for (const [match, range] of matches(line, /''|[^']+/g)) {
    yield { ...range, text: match[0] === "''" ? "'" : match[0] };
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

function* unescaped(line: Piece): Generator<Piece> {
  const tokens = /\\x([\da-fA-F]{2})|\\u([\da-fA-F]{4})|\\U([\da-fA-F]{8})|\\(.)|[^\\]+/g;
  for (const [match, range] of matches(line, tokens)) {
    const [all, ...groups] = match;
    const hex = groups[0] ?? groups[1] ?? groups[2];
    const short = groups[3] ?? '';
    const decoded = hex ? String.fromCodePoint(Number.parseInt(hex, 16)) : ESCAPES[short];
    yield { ...range, text: decoded ?? (short || all) };
  }
}

function* matches({ start, text }: Piece, pattern: RegExp) {
  for (const match of text.matchAll(pattern)) {
    const from = start + match.index;
    yield [match, { start: from, end: from + match[0].length }] as const;
  }
}
