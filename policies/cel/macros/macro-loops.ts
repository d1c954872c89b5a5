import type { Comprehension, Expr } from '../syntax/ast.ts';
import { operators } from '../syntax/operators.ts';
import { ACCUMULATOR, type Loop, type MacroNodes } from './macro-nodes.ts';

/** What a loop runs over, and how its body names the parts. */
export type Range = Pick<Loop, 'iterRange' | 'iterVar' | 'iterVar2'>;

/** Stops at the first element that is false. Errors count only where no element is. */
export function all(nodes: MacroNodes, range: Range, predicate: Expr): Comprehension {
  return nodes.fold({
    ...range,
    accuVar: ACCUMULATOR,
    accuInit: nodes.bool(true),
    condition: nodes.call(operators.notStrictlyFalse, nodes.accumulator()),
    step: nodes.call(operators.and, nodes.accumulator(), predicate),
    result: nodes.accumulator(),
  });
}

/** Stops at the first element that is true. Errors count only where no element is. */
export function exists(nodes: MacroNodes, range: Range, predicate: Expr): Comprehension {
  const isFalse = nodes.call(operators.not, nodes.accumulator());
  return nodes.fold({
    ...range,
    accuVar: ACCUMULATOR,
    accuInit: nodes.bool(false),
    condition: nodes.call(operators.notStrictlyFalse, isFalse),
    step: nodes.call(operators.or, nodes.accumulator(), predicate),
    result: nodes.accumulator(),
  });
}

/** Counts all elements that are true, so that every error counts. */
export function existsOne(nodes: MacroNodes, range: Range, predicate: Expr): Comprehension {
  const counted = nodes.call(operators.add, nodes.accumulator(), nodes.one());
  return nodes.fold({
    ...range,
    accuVar: ACCUMULATOR,
    accuInit: nodes.zero(),
    condition: nodes.bool(true),
    step: nodes.stepIf(predicate, counted),
    result: nodes.call(operators.equals, nodes.accumulator(), nodes.one()),
  });
}

/** How a list is made of a range: of which elements, and what of each. */
interface Collected {
  readonly filter?: Expr | undefined;
  readonly element: Expr;
}

export function collect(
  nodes: MacroNodes,
  range: Range,
  { filter, element }: Collected,
): Comprehension {
  const appended = nodes.call(operators.add, nodes.accumulator(), nodes.list(element));
  return nodes.fold({
    ...range,
    accuVar: ACCUMULATOR,
    accuInit: nodes.list(),
    condition: nodes.bool(true),
    step: nodes.stepIf(filter, appended),
    result: nodes.accumulator(),
  });
}

/** Makes a map. Each insertion adds to the map before it. */
export function collectMap(nodes: MacroNodes, range: Range, insertion: Expr): Comprehension {
  return nodes.fold({
    ...range,
    accuVar: ACCUMULATOR,
    accuInit: nodes.emptyMap(),
    condition: nodes.bool(true),
    step: insertion,
    result: nodes.accumulator(),
  });
}
