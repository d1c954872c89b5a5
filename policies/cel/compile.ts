import { check } from './check/checker.ts';
import type { Environment } from './environment.ts';
import { CostPanic, overLimit } from './library.ts';
import { COST_LIMIT } from './plan/cost.ts';
import { type Activation, Frame, type Locals } from './plan/frame.ts';
import { type Plan, plan } from './plan/plan.ts';
import { PlanFault } from './plan/planning.ts';
import type { Expr, Span } from './syntax/ast.ts';
import { parse } from './syntax/parser.ts';
import type { Type } from './types/types.ts';
import { CelError, type Value } from './values/values.ts';

export type { Activation } from './plan/frame.ts';

/** Why an expression does not compile. */
export interface CompileProblem {
  readonly at: Span;
  readonly message: string;
  /** Set where only the making of the program failed: the API server shows the message alone, without a place. */
  readonly standsAlone?: true;
  /** The type that the expression would give, where it stands alone. */
  readonly outputType?: Type;
}

export interface Evaluation {
  /** An error where the evaluation failed or cost too much. */
  readonly value: Value;
  /** Units spent; over the limit it is what was spent when the evaluation was stopped. */
  readonly cost: number;
}

/** A compiled expression. It keeps no state: one evaluation knows nothing of another. */
export interface Program {
  readonly source: string;
  readonly outputType: Type;
  /**
   * Evaluates the expression.
   *
   * @param limit units it may cost, the API server's limit of one expression by default
   */
  evaluate(activation: Activation, limit?: number): Evaluation;
}

/** Compiles an expression as the API server does. It never throws for what is wrong with the text. */
export function compile(source: string, environment: Environment): Program | CompileProblem[] {
  const expr = parse(source, environment.macros);
  return Array.isArray(expr) ? expr : compileParsed(expr, source, environment);
}

/** Compiles an expression that was parsed already, or a part of one. */
export function compileParsed(
  expr: Expr,
  source: string,
  environment: Environment,
): Program | CompileProblem[] {
  const checked = check(expr, environment);
  if (checked.problems.length > 0) return [...checked.problems];
  try {
    const planned = plan(expr, checked, environment);
    return programOf(source, checked.outputType, planned);
  } catch (error) {
    if (!(error instanceof PlanFault || error instanceof CostPanic)) throw error;
    const message = `program instantiation failed: ${error.message}`;
    const { outputType } = checked;
    return [{ at: { start: 0, end: source.length }, message, standsAlone: true, outputType }];
  }
}

function programOf(source: string, outputType: Type, planned: Plan): Program {
  return {
    source,
    outputType,
    evaluate: (activation, limit = COST_LIMIT) =>
      run(planned, new Frame(activation, newLocals(planned), limit)),
  };
}

function newLocals({ slots }: Plan): Locals {
  return slots === 0 ? NO_LOCALS : new Array(slots).fill(undefined);
}

const NO_LOCALS: Locals = [];

function run({ step }: Plan, frame: Frame): Evaluation {
  try {
    const value = step(frame);
    return { value, cost: frame.cost };
  } catch (error) {
    // A text longer than any that JavaScript has: the API server would have run out of memory.
    if (error instanceof RangeError)
      return { value: new CelError(overLimit.message), cost: frame.cost };
    if (!(error instanceof CostPanic)) throw error;
    return { value: new CelError(error.message), cost: frame.cost };
  }
}
