// Loops over parts of an object, as all() and exists() become them.
import type { Comprehension, Expr } from '../../cel/syntax/ast.ts';
import { operators } from '../../cel/syntax/operators.ts';
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
  for (const { key, json, isElement } of entriesOf(valueAt(object, range))) {
    const value = objectValue(json, 'object', scope.unknowns);
    const element: Root = { path: [...range, key], value };
    const index: Root = { value: typeof key === 'number' ? BigInt(key) : key };
    if (iterVar2 !== undefined) yield rootsOf([iterVar, index], [iterVar2, element]);
    else yield rootsOf([iterVar, isElement ? element : index]);
  }
}

interface Entry {
  readonly key: string | number;
  readonly json: unknown;
  /** Whether a loop with one variable gives it this, and not the key. */
  readonly isElement: boolean;
}

function* entriesOf(container: unknown): Generator<Entry> {
  if (Array.isArray(container)) {
    for (const [key, json] of container.entries()) yield { key, json, isElement: true };
  } else if (typeof container === 'object' && container !== null) {
    for (const [key, json] of Object.entries(container)) yield { key, json, isElement: false };
  }
}

const rootsOf = (...roots: (readonly [string, Root])[]): Roots => new Map(roots);
