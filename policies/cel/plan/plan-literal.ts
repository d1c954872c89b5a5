import type { Expr } from '../syntax/ast.ts';
import { literalValue } from '../values/literal-value.ts';
import { constant, type Planned, type Planning } from './planning.ts';

export function planLiteral(_: Planning, { literal }: Expr & { kind: 'literal' }): Planned {
  return constant(literalValue(literal));
}
