import type { CallCost, Overload } from '../library.ts';
import { sizeOf, traversalCost } from '../values/size.ts';
import { Opaque, type Value } from '../values/values.ts';

/** Gives overloads the cost that cel-go knows by the name of the overload, so that calls not resolved cost 1. */
export function withSoleCost(cost: CallCost, overloads: readonly Overload[]): Overload[] {
  return overloads.map((each) => ({ ...each, cost, costWhenSole: true }));
}

function size(args: readonly Value[], index: number): number {
  return sizeOf(args[index] as Value);
}

/** Sizes up to this cost the same, which spares counting the code points of short strings. */
const SHORT = 10;

/** The shorter of the two has to be read. */
export const comparisonCost: CallCost = (args) => {
  const [a, b] = args;
  if (typeof a === 'string' && typeof b === 'string') {
    const shorter = Math.min(a.length, b.length);
    if (shorter <= SHORT) return shorter === 0 ? 0 : 1;
  }
  return traversalCost(Math.min(size(args, 0), size(args, 1)));
};

/** Values of the libraries' own types cost the same whatever their size. */
export const equalsCost: CallCost = (args, result) =>
  args[0] instanceof Opaque ? 1 : comparisonCost(args, result);

export const concatenationCost: CallCost = (args) => traversalCost(size(args, 0) + size(args, 1));

/** Every element of the list is looked at. */
export const inListCost: CallCost = (args) => size(args, 1);

export const affixCost: CallCost = (args) => traversalCost(size(args, 1));

export const conversionCost: CallCost = (args) => traversalCost(size(args, 0));

export const containsCost: CallCost = (args) =>
  traversalCost(size(args, 0)) * traversalCost(size(args, 1));

/** Four characters of a pattern count as one expression of it; a text counts one character more than it has. */
export const matchesCost: CallCost = (args) =>
  traversalCost(1 + size(args, 0)) * Math.ceil(size(args, 1) * 0.25);
