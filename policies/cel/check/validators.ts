import type { Call, Expr } from '../syntax/ast.ts';
import type { Type } from '../types/types.ts';
import { literalValue } from '../values/literal-value.ts';
import { CelError, type Value } from '../values/values.ts';
import type { CheckProblem, Reference } from './checking.ts';
import { validateFormats } from './format-literals.ts';
import { validateHomogeneousLiterals } from './homogeneous-literals.ts';
import {
  partsInPostOrder,
  problem,
  type Validation,
  type Validator,
} from './literal-validation.ts';

/** Those of the API server, in its order. */
const VALIDATORS: readonly Validator[] = [
  validateHomogeneousLiterals,
  literalArgument('duration', (run, value) => run(value)),
  literalArgument('timestamp', (run, value) => run(value)),
  literalArgument('matches', (run, value) => run('', value)),
  validateFormats,
];

/** Finds literals in an expression without other problems that would fail wherever they are evaluated. */
export function validate(
  expr: Expr,
  checked: {
    readonly types: ReadonlyMap<number, Type>;
    readonly references: ReadonlyMap<number, Reference>;
  },
): CheckProblem[] {
  const validation: Validation = { ...checked, parts: partsInPostOrder(expr) };
  return VALIDATORS.flatMap((validator) => validator(validation));
}

type Run = (...args: Value[]) => Value;

/**
 * Makes a validator of the first argument of all calls of a function, the receiver not counted. In `matches(a, b)` that
 * is the text, which the API server takes for the pattern here, too.
 */
function literalArgument(name: string, call: (run: Run, value: Value) => Value): Validator {
  return (validation) =>
    callsOf(validation, name).flatMap((expr) => {
      const [arg] = expr.args;
      const run = runOf(validation, expr);
      if (arg?.kind !== 'literal' || !run) return [];
      const isWrong = call(run, literalValue(arg.literal)) instanceof CelError;
      return isWrong ? [problem(arg, `invalid ${name} argument`)] : [];
    });
}

function callsOf({ parts }: Validation, name: string): Call[] {
  return parts.flatMap(({ expr }) => (expr.kind === 'call' && expr.function === name ? expr : []));
}

function runOf(validation: Validation, call: Call): Run | undefined {
  const reference = validation.references.get(call.id);
  return reference?.kind === 'overloads' ? reference.overloads[0]?.run : undefined;
}
