import type { Expr } from '../syntax/ast.ts';
import { describeMismatch, isSameType, optionalValue } from '../types/type-relations.ts';
import { optionalOf, type Type } from '../types/types.ts';
import type { CheckProblem } from './checking.ts';
import { problem, typeAt, type Validation } from './literal-validation.ts';

/** Elements of a list literal, and keys and values of a map literal, are of one type each; dyn(1) is not of 1's. */
export function validateHomogeneousLiterals(validation: Validation): CheckProblem[] {
  const exprs = validation.parts.filter((part) => !part.isFormatted).map((part) => part.expr);
  return [
    ...exprs.flatMap((expr) => (expr.kind === 'list' ? validateList(validation, expr) : [])),
    ...exprs.flatMap((expr) => (expr.kind === 'map' ? validateMap(validation, expr) : [])),
  ];
}

/** An element of a literal with the type it adds to it. */
interface Element {
  readonly expr: Expr;
  readonly type: Type;
}

function validateList(validation: Validation, list: Expr & { kind: 'list' }): CheckProblem[] {
  const elements = list.elements.map((expr, i) =>
    elementOf(validation, expr, list.optional.includes(i)),
  );
  const unknown = elements.flatMap(({ problem }) => problem ?? []);
  return unknown.length ? unknown : differing(elements).slice(0, 1);
}

function validateMap(validation: Validation, map: Expr & { kind: 'map' }): CheckProblem[] {
  const keys = map.entries.map(({ key }) => elementOf(validation, key, false));
  const values = map.entries.map(({ value, optional }) => elementOf(validation, value, optional));
  const unknown = values.flatMap(({ problem }) => problem ?? []);
  return unknown.length ? unknown : [...differing(keys), ...differing(values)];
}

/**
 * An element written with `?` has to be known as an optional: of a dyn, the API server's validator fails with a panic,
 * so that no such expression ever compiles.
 */
function elementOf(
  validation: Validation,
  expr: Expr,
  isOptional: boolean,
): Element & { readonly problem?: CheckProblem } {
  const type = typeAt(validation, expr);
  if (!isOptional) return { expr, type };
  const value = optionalValue(type);
  if (value) return { expr, type: value };
  return { expr, type, problem: mismatch(expr, optionalOf(type), type) };
}

function differing(elements: readonly Element[]): CheckProblem[] {
  const first = elements[0]?.type;
  if (!first) return [];
  return elements
    .filter(({ type }) => !isSameType(first, type))
    .map(({ expr, type }) => mismatch(expr, first, type));
}

function mismatch(at: Expr, expected: Type, found: Type): CheckProblem {
  return problem(at, describeMismatch(expected, found));
}
