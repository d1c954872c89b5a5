import { boundText, type CallCost, type Overload, overLimit } from '../library.ts';
import { Bytes, type Value } from '../values/values.ts';
import { Frame, type Step } from './frame.ts';

/** Units that one expression may cost before the API server stops it. */
export const COST_LIMIT = 1_000_000;

/** Units of making a list, map or message that is no constant. */
export const LIST_COST = 10;
export const MAP_COST = 30;
export const MESSAGE_COST = 40;

/**
 * Charges for one part of an expression.
 *
 * @throws CostPanic over the limit
 */
export function spend(frame: Frame, units: number): void {
  frame.cost += units;
  if (frame.cost > frame.limit) throw overLimit;
}

/** Bounds the work that the API server does not count, and itself stops by the time it takes only. */
const UNCOUNTED_LIMIT = 10 * COST_LIMIT;

/** Returns what evaluates a step without charging for it. */
export function uncounted(step: Step): Step {
  return (frame) => {
    const { activation, locals } = frame;
    const apart = new Frame(activation, locals, UNCOUNTED_LIMIT - frame.uncounted);
    const value = step(apart);
    frame.uncounted += apart.cost + apart.uncounted;
    return value;
  };
}

/**
 * Bounds a sum of texts, bytes or lists before it is made.
 *
 * @throws CostPanic over the limit
 */
export function boundSum(frame: Frame, a: Value, b: Value): void {
  if (typeof a === 'string' && typeof b === 'string') boundText(a.length + b.length);
  else if (Array.isArray(a) && Array.isArray(b)) copied(frame, ELEMENT * (a.length + b.length));
  else if (a instanceof Bytes && b instanceof Bytes) copied(frame, a.data.length + b.data.length);
}

/** Copying an element of a list is worth so many bytes. */
const ELEMENT = 10;

function copied(frame: Frame, parts: number): void {
  frame.uncounted += parts;
  if (frame.uncounted > UNCOUNTED_LIMIT) throw overLimit;
}

/** cel-go counts with 64 bits that never go below zero: less than nothing is more than any limit. */
const UNDERFLOW = 2 ** 64 - 1;

/**
 * Takes back the unit of an attribute that a presence test is free of.
 *
 * @throws CostPanic where it was not charged before
 */
export function refundOne(frame: Frame): void {
  frame.cost -= 1;
  if (frame.cost >= 0) return;
  frame.cost = UNDERFLOW;
  throw overLimit;
}

/**
 * Returns what a call costs beyond one unit, undefined where it costs just that. Where the checker left several
 * overloads, only costs that cel-go knows by the name of the function count.
 */
export function costOf(overloads: readonly Overload[]): CallCost | undefined {
  if (overloads.length === 1) return overloads[0]?.cost;
  return overloads.find(({ costWhenSole }) => !costWhenSole)?.cost;
}
