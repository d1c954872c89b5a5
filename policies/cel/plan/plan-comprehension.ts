import type { Comprehension } from '../syntax/ast.ts';
import { goTypeName } from '../values/go-type-name.ts';
import { CelError, CelMap, type Value } from '../values/values.ts';
import { flagOf } from './accumulation.ts';
import type { Frame, Step } from './frame.ts';
import { stepIn } from './planned-step.ts';
import { type Local, type Planned, type Planning, type Scope, stepOf } from './planning.ts';

/** A comprehension with its parts planned. */
interface Loop {
  readonly range: Step;
  readonly accumulator: number;
  readonly first: number;
  /** Set in a comprehension of two variables. */
  readonly second: number | undefined;
  /** Undefined where it is always true. */
  readonly condition: Step | undefined;
  readonly step: Step;
  readonly result: Step;
}

export function planComprehension(planning: Planning, expr: Comprehension): Planned {
  const initialize = stepIn(planning.plan(expr.accuInit));
  const range = planning.plan(expr.iterRange);
  const accumulator = newAccumulator(planning, initialize);
  const outer: Scope = new Map([[expr.accuVar, accumulator]]);
  const [first, second] = [planning.newSlot(), planning.newSlot()];
  const inner = innerScope(expr, { first, second, outer });
  const condition = planning.planWithin(inner, expr.condition);
  const step = stepIn(planning.planWithin(inner, expr.step));
  const result = stepIn(planning.planWithin(outer, expr.result));
  // A loop that never runs is planned all the same: what cannot be planned in it is complained of.
  if (isEmpty(range)) return stepOf(bindStep(accumulator.slot, result));
  const loop: Loop = {
    range: stepIn(range),
    accumulator: accumulator.slot,
    first,
    second: expr.iterVar2 === undefined ? undefined : second,
    condition: isTrue(condition) ? undefined : stepIn(condition),
    step,
    result,
  };
  return stepOf(loopStep(loop));
}

/** The accumulator hides a loop variable of the same name. */
function innerScope(
  { iterVar, iterVar2, accuVar }: Comprehension,
  { first, second, outer }: { first: number; second: number; outer: Scope },
): Scope {
  const scope = new Map<string, Local>([[iterVar, { slot: first }]]);
  if (iterVar2 !== undefined) scope.set(iterVar2, { slot: second });
  return scope.set(accuVar, outer.get(accuVar) as Local);
}

/** cel-go evaluates the first value of an accumulator not before it is needed. */
function newAccumulator(planning: Planning, initialize: Step): Local {
  const slot = planning.newSlot();
  const flag = flagOf(slot);
  if (planning.newSlot() !== flag) throw new Error('slots are not given out in order');
  return {
    slot,
    initialize: (frame) => {
      const initial = initialize(frame);
      const grows = Array.isArray(initial) && initial.length === 0;
      const value = grows ? [] : initial;
      frame.locals[flag] = grows;
      frame.locals[slot] = value;
      return value;
    },
  };
}

function isTrue(planned: Planned): boolean {
  return planned.kind === 'constant' && planned.value === true;
}

function isEmpty(planned: Planned): boolean {
  return planned.kind === 'constant' && Array.isArray(planned.value) && planned.value.length === 0;
}

/** A loop over nothing gives a value a name. */
function bindStep(accumulator: number, result: Step): Step {
  return (frame) => {
    frame.locals[accumulator] = undefined;
    return result(frame);
  };
}

function loopStep(loop: Loop): Step {
  const { range, accumulator, result } = loop;
  return (frame) => {
    const elements = range(frame);
    if (elements instanceof CelError) return elements;
    frame.locals[accumulator] = undefined;
    if (Array.isArray(elements)) overList(frame, loop, elements);
    else if (elements instanceof CelMap) overMap(frame, loop, elements);
    else return notIterable(loop, elements);
    return result(frame);
  };
}

function overList(frame: Frame, loop: Loop, list: readonly Value[]): void {
  const { locals } = frame;
  const { first, second } = loop;
  for (let i = 0; i < list.length; i++) {
    if (second === undefined) {
      locals[first] = list[i];
    } else {
      locals[first] = BigInt(i);
      locals[second] = list[i];
    }
    if (!turn(frame, loop)) return;
  }
}

function overMap(frame: Frame, loop: Loop, map: CelMap): void {
  const { locals } = frame;
  const { first, second } = loop;
  if (second === undefined) {
    for (const key of map.keys()) {
      locals[first] = key;
      if (!turn(frame, loop)) return;
    }
    return;
  }
  for (const [key, value] of map) {
    locals[first] = key;
    locals[second] = value;
    if (!turn(frame, loop)) return;
  }
}

/** Folds one element in; an error as the condition does not end the loop. */
function turn(frame: Frame, { condition, step, accumulator }: Loop): boolean {
  if (condition !== undefined && condition(frame) === false) return false;
  frame.locals[accumulator] = step(frame);
  return true;
}

function notIterable({ second }: Loop, value: Value): CelError {
  const type = goTypeName(value);
  return new CelError(
    second === undefined
      ? `got '${type}', expected iterable type`
      : `unsupported comprehension range type: ${type}`,
  );
}
