import type { Expr, MapEntry, StructField } from '../syntax/ast.ts';
import { describeType, typeName } from '../types/type-relations.ts';
import { listOf, mapOf, type Type } from '../types/types.ts';
import { messageOf } from '../types/well-known-types.ts';
import { checkDeclaredField } from './check-name.ts';
import type { Checking } from './checking.ts';

export function checkLiteral(_checking: Checking, expr: Expr & { kind: 'literal' }): Type {
  return { kind: expr.literal.type };
}

export function checkList(checking: Checking, expr: Expr & { kind: 'list' }): Type {
  let element: Type | undefined;
  for (const [i, each] of expr.elements.entries()) {
    const found = checking.check(each);
    const type = expr.optional.includes(i) ? checking.unwrap(each, found) : found;
    element = checking.join(element, type);
  }
  return listOf(element ?? checking.substitution.newParameter());
}

export function checkMap(checking: Checking, expr: Expr & { kind: 'map' }): Type {
  let key: Type | undefined;
  let value: Type | undefined;
  for (const entry of expr.entries) {
    key = checking.join(key, checking.check(entry.key));
    value = checking.join(value, checkValue(checking, entry));
  }
  return mapOf(
    key ?? checking.substitution.newParameter(),
    value ?? checking.substitution.newParameter(),
  );
}

function checkValue(checking: Checking, { value, optional }: MapEntry | StructField): Type {
  const found = checking.check(value);
  return optional ? checking.unwrap(value, found) : found;
}

/** A message is made by the name of its type: `google.protobuf.Int64Value{value: 1}`. */
export function checkStruct(checking: Checking, expr: Expr & { kind: 'struct' }): Type {
  const named = checking.environment.typeNamed(expr.typeName);
  if (!named) return checking.failUndeclared(expr, expr.typeName);
  const name = expr.typeName.replace(/^\./, '');
  checking.references.set(expr.id, { kind: 'ident', name });
  const message = messageOf(named.type);
  if (!message) {
    for (const field of expr.fields) checkValue(checking, field);
    return checking.fail(expr, `'${typeName(named.type)}' is not a message type`);
  }
  for (const field of expr.fields) checkField(checking, field, message);
  return named.type;
}

function checkField(checking: Checking, field: StructField, message: string): void {
  const found = checkValue(checking, field);
  const { value, name } = field;
  const declared = checkDeclaredField(checking, value, { typeName: message, field: name });
  if (checking.substitution.assign(declared, found)) return;
  checking.fail(
    value,
    `expected type of field '${name}' is '${describeType(declared)}' but provided type is '${describeType(found)}'`,
  );
}
