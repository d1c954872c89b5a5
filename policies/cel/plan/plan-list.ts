import { formatGoValue } from '../lib/go-value.ts';
import type { Expr } from '../syntax/ast.ts';
import { CelError, Optional, type Value } from '../values/values.ts';
import { LIST_COST, spend } from './cost.ts';
import { foldLiteral } from './fold.ts';
import type { Frame, Step } from './frame.ts';
import { stepIn } from './planned-step.ts';
import type { Planned, Planning } from './planning.ts';

export function planList(planning: Planning, expr: Expr & { kind: 'list' }): Planned {
  const elements = expr.elements.map((each) => planning.plan(each));
  const optional = new Set(expr.optional);
  const steps = elements.map((each, i) =>
    optional.has(i) ? ifPresent(stepIn(each)) : stepIn(each),
  );
  return foldLiteral(elements, (frame) => {
    const list = makeList(frame, steps);
    spend(frame, LIST_COST);
    return list;
  });
}

/** An element that gives undefined is left out. */
type ElementStep = (frame: Frame) => Value | undefined;

function makeList(frame: Frame, steps: readonly ElementStep[]): Value {
  const list: Value[] = [];
  for (let i = 0; i < steps.length; i++) {
    const value = (steps[i] as ElementStep)(frame);
    if (value instanceof CelError) return value;
    if (value !== undefined) list.push(value);
  }
  return list;
}

/** Unwraps an element written `?x`. */
function ifPresent(step: Step): ElementStep {
  return (frame) => {
    const value = step(frame);
    if (value instanceof Optional) return value.value;
    return value instanceof CelError ? value : notOptional(value);
  };
}

function notOptional(value: Value): CelError {
  const text = formatGoValue(value);
  return new CelError(`cannot initialize optional list element from non-optional value ${text}`);
}
