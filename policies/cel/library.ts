import type { Macro } from './syntax/macro.ts';
import { parseSignature, type Signature } from './types/signature.ts';
import type { Value } from './values/values.ts';

/** A function of one signature. It is called with values of its argument types, none of them an error. */
// biome-ignore lint/suspicious/noExplicitAny: each implementation takes the values its signature promises
export type Implementation = (...args: any[]) => Value;

/**
 * Units of cost of one call, by its arguments and result; 1 where a function states none. Arguments and result may be
 * errors, for a call that failed costs something, too.
 *
 * @throws CostPanic where cel-go stops the evaluation
 */
export type CallCost = (args: readonly Value[], result: Value) => number;

/** Ends an evaluation with an error that nothing absorbs, as a cost over the limit does; its message is the error's. */
export class CostPanic extends Error {}

/** What ends an evaluation whose cost is over the limit. */
export const overLimit: CostPanic = new CostPanic(
  'operation cancelled: actual cost limit exceeded',
);

/** Characters or bytes that one value may have: what the budget allows where it is charged by the size, at 0.1 each. */
const MAX_TEXT = 10_000_000;

/**
 * Bounds a text before it is made. Some calls cost the API server a unit whatever they make, so that what doubles each
 * time would take all the memory there is.
 *
 * @throws CostPanic over the limit
 */
export function boundText(length: number): void {
  if (length > MAX_TEXT) throw overLimit;
}

export interface Overload extends Signature {
  /** cel-go's name of the overload. */
  readonly id: string;
  readonly run: Implementation;
  /**
   * Does the call with values of any types, none of them an error, and answers 'no such overload' itself. It is the same
   * for all overloads of a function, which may do more than they declare: `-duration`. Functions without it choose the
   * overload by the types of the values.
   */
  readonly dispatch?: Implementation;
  readonly cost?: CallCost;
  /** True where the cost is that of calls for which the checker found this overload only; other calls cost 1. */
  readonly costWhenSole?: boolean;
}

/** A set of functions and macros that an environment is built from. */
export interface Library {
  readonly name: string;
  readonly overloads: readonly Overload[];
  readonly macros?: readonly Macro[];
}

/**
 * Declares a function.
 *
 * @param id cel-go's name of the overload
 * @param signature as `list(<T>).indexOf(<T>) -> int` for a method, `quantity(string) -> kubernetes.Quantity` for a
 *   function
 */
export function overload(id: string, signature: string, run: Implementation): Overload {
  return { id, ...parseSignature(signature), run };
}

/** Gives several overloads the same cost of a call. */
export function withCost(cost: CallCost, overloads: readonly Overload[]): Overload[] {
  return overloads.map((each) => ({ ...each, cost }));
}
