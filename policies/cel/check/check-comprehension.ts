import type { Comprehension } from '../syntax/ast.ts';
import { describeType } from '../types/type-relations.ts';
import { BOOL, DYN, ERROR, INT, type Type } from '../types/types.ts';
import type { Checking } from './checking.ts';

/** The types of the variables that go through a list or map. */
interface Iterated {
  /** With one variable the element of a list, with two its index; the key of a map. */
  readonly first: Type;
  readonly second: Type;
}

export function checkComprehension(checking: Checking, expr: Comprehension): Type {
  const rangeType = checking.check(expr.iterRange);
  const accumulated = checking.check(expr.accuInit);
  const iterated = checkRange(checking, expr, checking.substitution.apply(rangeType));
  const loopVariables = new Map<string, Type>();
  if (expr.iterVar2) loopVariables.set(expr.iterVar2, iterated.second);
  loopVariables.set(expr.iterVar, iterated.first);
  let result: Type = ERROR;
  checking.within(new Map([[expr.accuVar, accumulated]]), () => {
    checking.within(loopVariables, () => {
      checking.check(expr.condition);
      checking.expect(expr.condition, BOOL);
      checking.check(expr.step);
      checking.expect(expr.step, accumulated);
    });
    result = checking.check(expr.result);
  });
  return checking.substitution.apply(result);
}

function checkRange(
  checking: Checking,
  { iterRange, iterVar2 }: Comprehension,
  range: Type,
): Iterated {
  if (range.kind === 'list') {
    return { first: iterVar2 ? INT : range.element, second: range.element };
  }
  if (range.kind === 'map') return { first: range.key, second: range.value };
  if (range.kind === 'parameter' || range.kind === 'dyn' || range.kind === 'error') {
    checking.substitution.assign(DYN, range);
    return { first: DYN, second: DYN };
  }
  checking.fail(
    iterRange,
    `expression of type '${describeType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
  );
  return { first: ERROR, second: ERROR };
}
