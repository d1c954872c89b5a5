import type { Position } from './problem.ts';

/** Lines shown before the one that is marked. */
const BEFORE = 2;
/** Longer lines are cut, so that a line of data does not hide the mark. */
const MAX_WIDTH = 160;

/**
 * Returns the line at a position with a row of carets below it, and up to two lines before it, each with its number:
 *
 * ```
 *   6 |   validations:
 * > 7 |     - expression: object.spec.replicas <= limit
 *     |                                           ^^^^^
 * ```
 *
 * @param length UTF-16 units to mark, at least one; what goes past the end of the line is left out
 */
export function codeFrame(text: string, { line, column }: Position, length = 1): string {
  const lines = text.split(/\r\n|\r|\n/, line);
  const gutter = String(line).length;
  const marked = lines[line - 1] ?? '';
  const start = Math.max(0, column - 1 - Math.floor(MAX_WIDTH * 0.75));
  const first = Math.max(1, line - BEFORE);
  const rows = lines
    .slice(first - 1, line - 1)
    .map((each, index) => `  ${String(first + index).padStart(gutter)} | ${cut(each, start)}`);
  const shown = cut(marked, start);
  const offset = column - 1 - start;
  const carets = '^'.repeat(Math.max(1, Math.min(length, shown.length - offset)));
  const indent = blank(shown.slice(0, offset)).padEnd(offset);
  return [...rows, `> ${line} | ${shown}`, `  ${' '.repeat(gutter)} | ${indent}${carets}`]
    .map((row) => row.trimEnd())
    .join('\n');
}

/** Control characters could rewrite what a terminal shows, so they do not get there. */
function cut(line: string, start: number): string {
  return line.slice(start, start + MAX_WIDTH).replace(/[^\P{Cc}\t]/gu, '\uFFFD');
}

/** Blanks of the same width: a tab stays a tab, so that the carets stand below what they mark. */
function blank(text: string): string {
  return text.replace(/[^\t]/g, ' ');
}
