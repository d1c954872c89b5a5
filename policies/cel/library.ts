import type { Macro } from './macro.ts';
import { parseSignature, type Signature } from './signature.ts';
import type { Value } from './values.ts';

/** A function of one signature. It is called with values of its argument types, none of them an error. */
// biome-ignore lint/suspicious/noExplicitAny: each implementation takes the values its signature promises
export type Implementation = (...args: any[]) => Value;

/** Units of cost of one call, by its arguments and result; 1 where a function states none. */
export type CallCost = (args: readonly Value[], result: Value) => number;

export interface Overload extends Signature {
  /** cel-go's name of the overload. */
  readonly id: string;
  readonly run: Implementation;
  readonly cost?: CallCost;
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
