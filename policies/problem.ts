/** A finding in a text file: where it is and what to do about it. Lines and columns count from 1. */
export interface Problem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** UTF-16 units of the text that it is about, where that is known. */
  readonly length?: number;
  /** A warning is told but counts as no failure; an error where left out. */
  readonly severity?: 'warning';
}

/** Returns the errors among findings, as against warnings. */
export function errorsIn(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ severity }) => severity === undefined);
}

/** A place in a text, counted from 1; columns in UTF-16 units, as editors count them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Returns the finding in the form compilers print and editors jump to: path:line:column: message. */
export function formatProblem({ path, line, column, message }: Problem): string {
  return `${path}:${line}:${column}: ${message}`;
}

/** Orders findings as a reader goes through the files. */
export function compareProblems(a: Problem, b: Problem): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
