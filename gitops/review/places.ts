import type { Problem } from '../../policies/problem.ts';
import type { Place } from './report.ts';
import { withoutSecrets } from './secret-names.ts';

const FRAME = 2;
const MAX_COLUMNS = 160;

/** Returns the place of what stands at a finding: a quoted text or a word, or the first character of something larger. */
export function placeAt(
  { path, line, column }: Pick<Problem, 'path' | 'line' | 'column'>,
  text: string,
): Place {
  const rest = (text.split('\n')[line - 1] ?? '').slice(column - 1);
  const [word = ' '] = /^("([^"\\]|\\.)*"|'([^']|'')*'|[^\s#][^\s]*)/.exec(rest) ?? [];
  return { path, line, column, endLine: line, endColumn: column + Math.max(1, word.length) };
}

/**
 * Returns the key that holds the mapping whose first entry stands at a place: what is not in the file is missing below
 * it. Where the text is written otherwise, the place itself.
 */
export function placeAbove(place: Place, text: string): Place {
  const lines = text.split('\n');
  if (/^[{[]/.test((lines[place.line - 1] ?? '').slice(place.column - 1))) return place;
  const line = lines.findLastIndex((each, index) => index < place.line - 1 && !isBlank(each)) + 1;
  const [, indent = '', key = ''] = KEY.exec(lines[line - 1] ?? '') ?? [];
  if (key === '' || indent.length >= place.column - 1) return place;
  const column = indent.length + 1;
  return { ...place, line, column, endLine: line, endColumn: column + key.length };
}

/** A key with nothing behind it. */
const KEY = /^([ -]*)([^\s#-][^:#]*):\s*(#.*)?$/;

function isBlank(line: string): boolean {
  return /^\s*(#.*)?$/.test(line);
}

/** Returns the lines around a place, cut where they are long. */
export function excerptAt(
  { line }: Pick<Place, 'line'>,
  text: string,
): { line: number; lines: string[] } {
  const all = text.split('\n');
  const first = Math.max(1, line - FRAME);
  const lines = withoutSecrets(all.slice(first - 1, line + FRAME)).map((each) =>
    each.replace(/\r$/, '').slice(0, MAX_COLUMNS),
  );
  if (line + FRAME >= all.length && lines.at(-1) === '') lines.pop();
  return { line: first, lines };
}
