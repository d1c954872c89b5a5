import type { Problem } from '../../policies/problem.ts';
import type { Place } from './report.ts';

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

/** Returns the lines around a place, cut where they are long. */
export function excerptAt(
  { line }: Pick<Place, 'line'>,
  text: string,
): { line: number; lines: string[] } {
  const all = text.split('\n');
  const first = Math.max(1, line - FRAME);
  const lines = all
    .slice(first - 1, line + FRAME)
    .map((each) => each.replace(/\r$/, '').slice(0, MAX_COLUMNS));
  if (line + FRAME >= all.length && lines.at(-1) === '') lines.pop();
  return { line: first, lines };
}
