// What the API server says of an expression that does not compile: each problem with its line and a caret below it.
import type { Span } from '../cel/syntax/ast.ts';

/** More of them are counted only. */
const MAX_PROBLEMS = 100;
/** Longer lines are not shown. */
const MAX_SNIPPET_BYTES = 16384;

export interface ExpressionProblem {
  readonly at: Span;
  readonly message: string;
}

/** Returns the problems in the order of their places, as cel-go prints them. */
export function formatIssues(source: string, problems: readonly ExpressionProblem[]): string {
  const shown = problems.slice(0, MAX_PROBLEMS).map((each) => locate(source, each));
  const rest = problems.length - shown.length;
  const texts = shown.sort((a, b) => a.line - b.line || a.column - b.column).map(display);
  if (rest > 0) texts.push(`${rest} more errors were truncated`);
  return texts.join('\n');
}

interface Located {
  readonly line: number;
  /** Code points before it. */
  readonly column: number;
  readonly message: string;
  readonly text: string;
}

function locate(source: string, { at, message }: ExpressionProblem): Located {
  const before = source.slice(0, at.start).split('\n');
  const line = before.length;
  const column = [...(before.at(-1) ?? '')].length;
  return { line, column, message, text: source.split('\n')[line - 1] ?? '' };
}

function display({ line, column, message, text }: Located): string {
  const head = `ERROR: <input>:${line}:${column + 1}: ${message}`;
  if (new TextEncoder().encode(text).length > MAX_SNIPPET_BYTES) return head;
  const characters = [...text.replaceAll('\t', ' ')];
  const dots = characters.slice(0, column).map((each) => (isWide(each) ? '\uff0e' : '.'));
  const caret = isWide(characters[column] ?? '') ? '\uff3e' : '^';
  return `${head}\n | ${characters.join('')}\n | ${dots.join('')}${caret}`;
}

function isWide(character: string): boolean {
  return (character.codePointAt(0) ?? 0) > 0x7f;
}
