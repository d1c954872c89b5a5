import type { Expr, StructField } from '../syntax/ast.ts';
import { type Fields, makeMessage } from '../values/message.ts';
import { CelError, type Value } from '../values/values.ts';
import { MESSAGE_COST, spend } from './cost.ts';
import type { Frame, Step } from './frame.ts';
import { presentValue } from './plan-map.ts';
import { stepIn } from './planned-step.ts';
import { type Planned, type Planning, stepOf } from './planning.ts';

/** Plans `google.protobuf.Int64Value{value: 1}`. */
export function planMessage(planning: Planning, expr: Expr & { kind: 'struct' }): Planned {
  const reference = planning.reference(expr);
  const typeName = reference?.kind === 'ident' ? reference.name : expr.typeName;
  const fields = expr.fields.map((each) => planField(planning, each));
  return stepOf((frame) => {
    const values = evaluateFields(frame, fields);
    const message = values instanceof CelError ? values : makeMessage(typeName, values);
    spend(frame, MESSAGE_COST);
    return message;
  });
}

interface PlannedField extends Pick<StructField, 'name' | 'optional'> {
  readonly value: Step;
}

function planField(planning: Planning, { name, optional, value }: StructField): PlannedField {
  return { name, optional, value: stepIn(planning.plan(value)) };
}

function evaluateFields(frame: Frame, fields: readonly PlannedField[]): Fields | CelError {
  const values = new Map<string, Value>();
  for (const { name, optional, value: step } of fields) {
    const given = step(frame);
    if (given instanceof CelError) return given;
    const value = optional ? presentValue(name, given) : given;
    if (value instanceof CelError) return value;
    if (value === undefined) values.delete(name);
    else values.set(name, value);
  }
  return values;
}
