import type { Expr, Literal } from '../syntax/ast.ts';
import { Bytes, Uint, type Value } from '../values/values.ts';
import { constant, type Planned, type Planning } from './planning.ts';

export function planLiteral(_: Planning, { literal }: Expr & { kind: 'literal' }): Planned {
  return constant(literalValue(literal));
}

function literalValue(literal: Literal): Value {
  switch (literal.type) {
    case 'null':
      return null;
    case 'uint':
      return new Uint(literal.value);
    case 'bytes':
      return new Bytes(literal.value);
    default:
      return literal.value;
  }
}
