import { codePoints } from '../values/text.ts';
import type { Expr } from './ast.ts';
import { MacroExpander } from './expand-macros.ts';
import { ExpressionParser } from './expression-parser.ts';
import type { Macro } from './macro.ts';
import { NodeIds } from './node-ids.ts';
import { SyntaxFault, type SyntaxProblem } from './syntax-problem.ts';
import { TokenStream } from './token-stream.ts';

export type { SyntaxProblem } from './syntax-problem.ts';

const MAX_CODE_POINTS = 100_000;

/**
 * Reads an expression and expands its macros, as the API server does. Text that is too long or nested too deep is a
 * problem like any other.
 *
 * @param macros of the same name, number of arguments and style, the last one counts
 * @returns the expression, or at least one problem; they are in the order of the text
 */
export function parse(source: string, macros: readonly Macro[]): Expr | SyntaxProblem[] {
  const tooLong = checkLength(source);
  if (tooLong) return [tooLong];
  const ids = new NodeIds();
  // JSON hands lone surrogates to the API server as U+FFFD.
  const parser = new ExpressionParser(new TokenStream(source.toWellFormed()), ids);
  const expander = new MacroExpander(macros, ids);
  const problems = parser.problems;
  try {
    const expr = expander.expand(parser.whole());
    problems.push(...expander.problems);
    if (problems.length === 0) return expr;
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    problems.push(...expander.problems, { at: error.at, message: error.message });
  }
  return problems.sort((a, b) => a.at.start - b.at.start);
}

function checkLength(source: string): SyntaxProblem | undefined {
  const size = codePoints(source);
  if (size <= MAX_CODE_POINTS) return undefined;
  const message = `expression code point size exceeds limit: size: ${size}, limit ${MAX_CODE_POINTS}`;
  return { at: { start: 0, end: 0 }, message };
}
