// Selections such as object.spec.containers[0].image -> the paths of fields they read.
import type { Call, Expr } from '../../cel/syntax/ast.ts';
import { operators } from '../../cel/syntax/operators.ts';
import type { Value } from '../../cel/values/values.ts';

export type FieldPath = readonly (string | number)[];

/** A name that stands for a part of the object: `object` itself, or a variable of a comprehension over a part. */
export interface Root {
  /** Undefined for a value that is no part of the object. */
  readonly path?: FieldPath;
  /** Undefined for what the request itself has the value of. */
  readonly value?: Value;
}

export type Roots = ReadonlyMap<string, Root>;

/** Returns the path that the expression selects; undefined where it is no plain selection on a root. */
export function chainOf(expr: Expr, roots: Roots): FieldPath | undefined {
  switch (expr.kind) {
    case 'ident':
      return roots.get(expr.name)?.path;
    case 'select':
      return extend(chainOf(expr.operand, roots), expr.field);
    case 'call':
      return chainOfCall(expr, roots);
    default:
      return undefined;
  }
}

const INDEXING: readonly string[] = [
  operators.index,
  operators.optionalIndex,
  operators.optionalSelect,
];

/** Methods that give the value of an optional. */
const UNWRAPPING: readonly string[] = ['orValue', 'or', 'value'];

function chainOfCall({ function: name, target, args }: Call, roots: Roots): FieldPath | undefined {
  if (target) return UNWRAPPING.includes(name) ? chainOf(target, roots) : undefined;
  const [operand, key] = args;
  if (!(INDEXING.includes(name) && operand && key)) return undefined;
  return extend(chainOf(operand, roots), constantOf(key, roots));
}

/** A key that is written down, or the key or index that a comprehension is at. */
function constantOf(expr: Expr, roots: Roots): string | number | undefined {
  const value = expr.kind === 'literal' && 'value' in expr.literal ? expr.literal.value : undefined;
  const known = expr.kind === 'ident' ? roots.get(expr.name)?.value : value;
  if (typeof known === 'string') return known;
  return typeof known === 'bigint' ? Number(known) : undefined;
}

function extend(path: FieldPath | undefined, key: string | number | undefined) {
  return path && key !== undefined ? [...path, key] : undefined;
}

/** Returns the value at a path of a JSON object; undefined where there is none. */
export function valueAt(json: unknown, path: FieldPath): unknown {
  let value = json;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
