// Loops over parts of an object, as all() and exists() become them.
import type { Comprehension, Expr } from '../cel/ast.ts';
import { operators } from '../cel/operators.ts';
import { type FieldPath, type Root, type Roots, valueAt } from './field-chains.ts';
import { objectValue } from './object-value.ts';
import type { Scope } from './scope.ts';

/** Returns what all() and exists() ask of each element; undefined for other loops. */
export function predicateOf({ accuInit, step, accuVar }: Comprehension): Expr | undefined {
  if (accuInit.kind !== 'literal' || accuInit.literal.type !== 'bool') return undefined;
  if (step.kind !== 'call') return undefined;
  const [accumulator, predicate] = step.args;
  const folds = step.function === (accuInit.literal.value ? operators.and : operators.or);
  return folds && accumulator?.kind === 'ident' && accumulator.name === accuVar
    ? predicate
    : undefined;
}

/** What a loop runs over is a part of the object. */
interface Within {
  readonly object: unknown;
  readonly scope: Scope;
}

/** Yields what the variables of the loop stand for, for each element of the part at `range`. */
export function* loopRoots(
  { iterVar, iterVar2 }: Comprehension,
  range: FieldPath,
  { object, scope }: Within,
): Generator<Roots> {
  const container = valueAt(object, range);
  if (typeof container !== 'object' || container === null) return;
  const isList = Array.isArray(container);
  for (const [key, json] of Object.entries(container)) {
    const path = [...range, isList ? Number(key) : key];
    const element: Root = { path, value: objectValue(json, 'object', scope.unknowns) };
    const index: Root = { value: isList ? BigInt(key) : key };
    const first = iterVar2 === undefined && isList ? element : index;
    yield new Map([[iterVar, first], ...(iterVar2 ? [[iterVar2, element] as const] : [])]);
  }
}
