import type { Span } from './ast.ts';

/** Why a text is no expression, and the part of it that is to blame. */
export interface SyntaxProblem {
  readonly at: Span;
  readonly message: string;
}

/** Ends the parse. It never leaves the parser. */
export class SyntaxFault extends Error implements SyntaxProblem {
  readonly at: Span;

  constructor({ start, end }: Span, message: string) {
    super(message);
    this.at = { start, end };
  }
}
