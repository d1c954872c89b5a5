import type { Reference } from '../check/checker.ts';
import type { Expr, Select } from '../syntax/ast.ts';
import { CelError, type Value } from '../values/values.ts';
import { type Attribute, qualify, type Source } from './attribute.ts';
import type { Step } from './frame.ts';
import { stepIn } from './planned-step.ts';
import { constant, type Local, PlanFault, type Planned, type Planning } from './planning.ts';
import { constantQualifier, presenceOf } from './qualifier.ts';

type Ident = Reference & { readonly kind: 'ident' };

export function planIdent(planning: Planning, expr: Expr & { kind: 'ident' }): Planned {
  return planReference(planning, expr) ?? planVariable(planning, expr.name);
}

/** A selection may be the dotted name of a variable or constant in whole. */
export function planSelect(planning: Planning, expr: Select): Planned {
  const named = planReference(planning, expr);
  if (named) return named;
  const operand = attributeOf(planning.plan(expr.operand));
  const qualifier = expr.testOnly ? presenceOf(expr.field) : constantQualifier(expr.field, false);
  return {
    kind: 'attribute',
    attribute: qualify(operand, qualifier),
    testOnly: expr.testOnly,
  };
}

/** Returns the attribute to go on with; what is none becomes the root of one. */
export function attributeOf(planned: Planned): Attribute {
  return planned.kind === 'attribute'
    ? planned.attribute
    : { kind: 'root', root: stepIn(planned), source: 'expression' };
}

function planReference(planning: Planning, expr: Expr): Planned | undefined {
  const reference = planning.reference(expr);
  if (reference?.kind !== 'ident') return undefined;
  if (reference.constant !== undefined) return constant(reference.constant);
  refuseType(planning, expr, reference);
  return planVariable(planning, reference.name);
}

/** cel-go takes every name of this type for that of a type, even that of a comprehension's variable. */
function refuseType(planning: Planning, expr: Expr, { name }: Ident): void {
  if (planning.typeOf(expr).kind !== 'type') return;
  throw new PlanFault(`reference to undefined type: ${name}`);
}

/** A leading dot skips the variables of comprehensions. */
function planVariable(planning: Planning, name: string): Planned {
  if (name.startsWith('.')) return planInput(name.slice(1), 'dotted-input');
  const local = planning.local(name);
  return local ? planLocal(local) : planInput(name, 'input');
}

function planInput(name: string, source: Source): Planned {
  const missing = new CelError(`no such attribute(s): ${name}`);
  const root: Step = ({ activation }) => {
    const value = activation(name);
    return value === undefined ? missing : value;
  };
  return { kind: 'attribute', attribute: { kind: 'root', root, source }, testOnly: false };
}

function planLocal(local: Local): Planned {
  const { slot, initialize } = local;
  const root: Step = initialize
    ? (frame) => {
        const value = frame.locals[slot];
        return value === undefined ? initialize(frame) : value;
      }
    : (frame) => frame.locals[slot] as Value;
  const attribute: Attribute = { kind: 'root', root, source: 'expression' };
  return {
    kind: 'attribute',
    attribute,
    testOnly: false,
    ...(initialize ? { accumulator: local } : {}),
  };
}
