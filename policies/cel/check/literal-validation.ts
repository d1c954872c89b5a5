import type { Expr } from '../syntax/ast.ts';
import { partsOf } from '../syntax/parts.ts';
import { DYN, type Type } from '../types/types.ts';
import type { CheckProblem, Reference } from './checking.ts';

/** A part of a checked expression. */
export interface Part {
  readonly expr: Expr;
  /** Whether it is part of a call of format(), whose arguments may be of different types. */
  readonly isFormatted: boolean;
}

/** What the validators of literals look at: a checked expression, its parts before the whole. */
export interface Validation {
  readonly parts: readonly Part[];
  readonly types: ReadonlyMap<number, Type>;
  readonly references: ReadonlyMap<number, Reference>;
}

export type Validator = (validation: Validation) => CheckProblem[];

export function typeAt(validation: Validation, expr: Expr): Type {
  return validation.types.get(expr.id) ?? DYN;
}

export function problem(at: Expr, message: string): CheckProblem {
  return { at: { start: at.start, end: at.end }, message };
}

/** Returns all parts of an expression, each after its own parts. */
export function partsInPostOrder(expr: Expr): Part[] {
  const parts: Part[] = [];
  collect({ expr, isFormatted: false }, parts);
  return parts;
}

function collect(part: Part, into: Part[]): void {
  const { expr } = part;
  const isFormatted = part.isFormatted || (expr.kind === 'call' && expr.function === 'format');
  for (const child of partsOf(expr)) collect({ expr: child, isFormatted }, into);
  into.push(part);
}
