import { type Overload, overload } from '../../library.ts';

interface Comparable {
  compare(other: Comparable): number;
}

/** Returns compareTo(), isLessThan() and isGreaterThan() of a type: `quantity` and kubernetes.Quantity. */
export function comparisons(id: string, type: string): Overload[] {
  return [
    overload(
      `${id}_compare_to`,
      `${type}.compareTo(${type}) -> int`,
      (a: Comparable, b: Comparable) => BigInt(a.compare(b)),
    ),
    overload(
      `${id}_is_less_than`,
      `${type}.isLessThan(${type}) -> bool`,
      (a: Comparable, b: Comparable) => a.compare(b) < 0,
    ),
    overload(
      `${id}_is_greater_than`,
      `${type}.isGreaterThan(${type}) -> bool`,
      (a: Comparable, b: Comparable) => a.compare(b) > 0,
    ),
  ];
}
