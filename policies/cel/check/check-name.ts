import type { Environment } from '../environment.ts';
import type { Expr, Select } from '../syntax/ast.ts';
import { describeType, isDynamicOrError, optionalValue } from '../types/type-relations.ts';
import { BOOL, DYN, INT, optionalOf, type Type, typeOf } from '../types/types.ts';
import { TypeValue, type Value } from '../values/values.ts';
import type { Checking, Reference } from './checking.ts';

interface Meaning {
  readonly type: Type;
  readonly constant?: Value;
}

export function checkIdent(checking: Checking, expr: Expr & { kind: 'ident' }): Type {
  return resolve(checking, expr, [expr.name]) ?? checking.failUndeclared(expr, expr.name);
}

/** A selection may be the dotted name of a variable or type, in whole; its parts are looked at only if it is not. */
export function checkSelect(checking: Checking, expr: Select): Type {
  const parts = nameParts(expr);
  const named = parts && resolve(checking, expr, parts);
  if (named) return named;
  const type = checkField(checking, expr, { operand: expr.operand, field: expr.field });
  return expr.testOnly ? BOOL : checking.substitution.apply(type);
}

/** A field to take from an operand. */
interface FieldOf {
  readonly operand: Expr;
  readonly field: string;
  /** Written `.?field`. */
  readonly optional?: boolean;
}

/** Returns the type of a field; of an optional value it is optional, too. */
export function checkField(checking: Checking, at: Expr, of: FieldOf): Type {
  const type = checking.substitution.apply(checking.check(of.operand));
  const value = optionalValue(type);
  const result = fieldType(checking, at, { type: value ?? type, field: of.field });
  return value || of.optional ? optionalOf(result) : result;
}

function fieldType(checking: Checking, at: Expr, of: { type: Type; field: string }): Type {
  const { type, field } = of;
  if (isDynamicOrError(type)) return DYN;
  switch (type.kind) {
    case 'map':
      return type.value;
    case 'object':
      return checkDeclaredField(checking, at, { typeName: type.name, field });
    case 'parameter':
      checking.substitution.assign(DYN, type);
      return DYN;
    default:
      return isMessage(type)
        ? checkDeclaredField(checking, at, { typeName: type.name, field })
        : checkFieldless(checking, at, type);
  }
}

function checkFieldless(checking: Checking, at: Expr, type: Type): Type {
  checking.fail(at, `type '${describeType(type)}' does not support field selection`);
  return DYN;
}

/** cel-go has the types of Kubernetes' libraries as messages without declared fields. */
function isMessage(type: Type): type is Type & { kind: 'opaque' } {
  return type.kind === 'opaque' && type.name.startsWith('kubernetes.');
}

/** Returns the type that an object type declares for a field. */
export function checkDeclaredField(
  checking: Checking,
  at: Expr,
  of: { readonly typeName: string; readonly field: string },
): Type {
  if (!checking.environment.fieldsOf(of.typeName)) {
    return checking.fail(at, `unexpected failed resolution of '${of.typeName}'`);
  }
  const type = checking.environment.field(of.typeName, of.field);
  return type ?? checking.fail(at, `undefined field '${of.field}'`);
}

/** Returns the parts of a selection that reads as a dotted name, undefined where it starts with something else. */
export function nameParts(expr: Expr): string[] | undefined {
  if (expr.kind === 'ident') return [expr.name];
  if (expr.kind !== 'select' || expr.testOnly) return undefined;
  const parts = nameParts(expr.operand);
  parts?.push(expr.field);
  return parts;
}

/** Returns the type of what a name means and notes the meaning, undefined where it means nothing. */
function resolve(checking: Checking, expr: Expr, parts: readonly string[]): Type | undefined {
  const name = parts.join('.');
  const isAbsolute = name.startsWith('.');
  const plain = isAbsolute ? name.slice(1) : name;
  const local = checking.localVariable(plain.split('.', 1)[0] as string);
  if (local && !isAbsolute) {
    return parts.length === 1 ? refer(checking, expr, { name, type: local }) : undefined;
  }
  const meaning = meaningOf(checking.environment, plain);
  return meaning && refer(checking, expr, { ...meaning, name: local ? `.${plain}` : plain });
}

function refer(checking: Checking, expr: Expr, to: Meaning & { readonly name: string }): Type {
  const reference: Reference = { kind: 'ident', name: to.name };
  checking.references.set(
    expr.id,
    to.constant === undefined ? reference : { ...reference, constant: to.constant },
  );
  return to.type;
}

/** Returns what the environment declares under a name. */
function meaningOf(environment: Environment, name: string): Meaning | undefined {
  const variable = environment.variable(name);
  if (variable) return { type: variable };
  const named = environment.typeNamed(name);
  if (named) {
    const type = typeOf(named.type);
    return named.isValue ? { type, constant: new TypeValue(named.type) } : { type };
  }
  const member = environment.enumMember(name);
  return member === undefined ? undefined : { type: INT, constant: member };
}
