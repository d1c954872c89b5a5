import type { CallCost } from '../library.ts';
import { CelError, type Value } from '../values/values.ts';
import { boundSum, spend } from './cost.ts';
import type { Frame, Step } from './frame.ts';
import { binaryOf, type Callee, invoke, unaryOf } from './invocation.ts';

/** A call with its arguments. */
export interface CallPlan {
  readonly callee: Callee;
  readonly args: readonly Step[];
  /** Undefined for a call of one unit. */
  readonly cost: CallCost | undefined;
  /** It is over at the first argument that is an error, so that it costs nothing then. */
  readonly stopsAtError: boolean;
}

/** Returns what evaluates a call. Functions of one or two arguments evaluate both, whatever the first one gives. */
export function callStep(plan: CallPlan): Step {
  const [first, second] = plan.args;
  if (plan.args.length === 1 && first) return unaryStep(plan, first);
  if (plan.args.length !== 2 || !first || !second) return variadicStep(plan);
  if (plan.stopsAtError) return variadicStep(plan);
  return plan.callee.name === '_+_'
    ? sumStep(plan, first, second)
    : binaryStep(plan, first, second);
}

function unaryStep({ callee, cost }: CallPlan, arg: Step): Step {
  const run = unaryOf(callee);
  if (!cost) {
    return (frame) => {
      const result = run(arg(frame));
      spend(frame, 1);
      return result;
    };
  }
  return (frame) => {
    const a = arg(frame);
    const result = run(a);
    spend(frame, cost([a], result));
    return result;
  };
}

function binaryStep({ callee, cost }: CallPlan, left: Step, right: Step): Step {
  const run = binaryOf(callee);
  if (!cost) {
    return (frame) => {
      const a = left(frame);
      const result = run(a, right(frame));
      spend(frame, 1);
      return result;
    };
  }
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    const result = run(a, b);
    spend(frame, cost([a, b], result));
    return result;
  };
}

/** The operator that makes values larger than those it is given. */
function sumStep({ callee, cost = oneUnit }: CallPlan, left: Step, right: Step): Step {
  const run = binaryOf(callee);
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    boundSum(frame, a, b);
    const result = run(a, b);
    spend(frame, cost([a, b], result));
    return result;
  };
}

function variadicStep({ callee, args, cost = oneUnit }: CallPlan): Step {
  return (frame) => {
    const values = evaluateUpToError(frame, args);
    const result = invoke(callee, values);
    if (values.length === args.length) spend(frame, cost(values, result));
    return result;
  };
}

const oneUnit: CallCost = () => 1;

/** Leaves out what comes after an error. */
export function evaluateUpToError(frame: Frame, args: readonly Step[]): Value[] {
  const values: Value[] = [];
  for (const arg of args) {
    const value = arg(frame);
    values.push(value);
    if (value instanceof CelError) break;
  }
  return values;
}
