// One pass over expressions of a policy, within one budget of cost.
import { CannotJudge } from '../../cel/lib/kubernetes/authorizer.ts';
import { CelError, type Value } from '../../cel/values/values.ts';
import type { Compiled } from '../compile.ts';
import { EXPRESSION_LIMIT, type Scope } from './scope.ts';

/** What an expression gave. Messages of errors are the API server's. */
export type Result = { readonly cost: number } & (
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string }
);

/** The results in the order of the expressions, or why the pass was given up. */
export type Pass =
  | {
      readonly kind: 'done';
      readonly results: readonly (Result | undefined)[];
      readonly remaining: number;
    }
  | { readonly kind: 'exhausted'; readonly message: string };

const EXHAUSTED =
  'validation failed due to running out of cost budget, no further validation rules will be run';

/**
 * Evaluates all expressions; where there is none, there is no result.
 *
 * @param budget units of cost for all of them and the variables they use
 */
export function runPass(
  expressions: readonly (Compiled | undefined)[],
  scope: Scope,
  budget: number,
): Pass {
  let remaining = budget;
  const results: (Result | undefined)[] = [];
  for (const expression of expressions) {
    const result = expression && evaluate(expression, scope);
    remaining -= result?.cost ?? 0;
    if (remaining < 0) return { kind: 'exhausted', message: EXHAUSTED };
    results.push(result);
  }
  return { kind: 'done', results, remaining };
}

function evaluate({ source, program, error }: Compiled, scope: Scope): Result {
  if (!program) return { kind: 'error', message: `compilation error: ${error ?? ''}`, cost: 0 };
  let cost = 0;
  const { value, traces } = scope.unknowns.trace(() => {
    const evaluation = program.evaluate(scope.lookup, EXPRESSION_LIMIT);
    cost = evaluation.cost + scope.takeCost();
    return evaluation.value;
  });
  if (value instanceof CannotJudge) return { kind: 'unknown', message: value.message, cost };
  if (!(value instanceof CelError)) return { kind: 'value', value, cost };
  // Had the unknown value been known, the expression might have come to something else before its error.
  const { asked } = traces;
  if (asked !== undefined) return { kind: 'unknown', message: asked, cost };
  const message = `expression '${source}' resulted in error: ${value.message}`;
  return { kind: 'error', message, cost };
}
