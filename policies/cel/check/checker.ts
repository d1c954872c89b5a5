import type { Environment } from '../environment.ts';
import type { Expr } from '../syntax/ast.ts';
import { DYN, type Type } from '../types/types.ts';
import { checkCall } from './check-call.ts';
import { checkComprehension } from './check-comprehension.ts';
import { checkList, checkLiteral, checkMap, checkStruct } from './check-literal.ts';
import { checkIdent, checkSelect } from './check-name.ts';
import { Checking, type CheckProblem, type Reference, type Rules } from './checking.ts';
import { validate } from './validators.ts';

export type { CheckProblem, Reference } from './checking.ts';

/** What the check found out; the maps are keyed by the ids of expressions. */
export interface Checked {
  /** Free of type parameters: what could not be inferred is dyn. */
  readonly types: ReadonlyMap<number, Type>;
  readonly references: ReadonlyMap<number, Reference>;
  readonly outputType: Type;
  /**
   * None means that the expression compiles. They are in the order in which they were found: cel-go shows the first
   * hundred of them, sorted by their places.
   */
  readonly problems: readonly CheckProblem[];
}

const rules: Rules = {
  literal: checkLiteral,
  ident: checkIdent,
  select: checkSelect,
  call: checkCall,
  list: checkList,
  map: checkMap,
  struct: checkStruct,
  comprehension: checkComprehension,
};

/** Infers the type of an expression and of all its parts, as cel-go's checker does within the API server. */
export function check(expr: Expr, environment: Environment): Checked {
  const checking = new Checking(environment, rules);
  checking.check(expr);
  const types = new Map<number, Type>();
  for (const [id, type] of checking.types) types.set(id, checking.substitution.close(type));
  const { references, problems } = checking;
  return {
    types,
    references,
    outputType: types.get(expr.id) ?? DYN,
    problems: problems.length ? problems : validate(expr, { types, references }),
  };
}
