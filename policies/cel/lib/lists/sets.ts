import { type CallCost, type Library, overload, withCost } from '../../library.ts';
import { equal } from '../../values/equality.ts';
import { sizeOf } from '../../values/size.ts';
import type { Value } from '../../values/values.ts';

type List = readonly Value[];

function has(list: List, value: Value): boolean {
  for (const element of list) if (equal(value, element)) return true;
  return false;
}

const contains = (list: List, part: List): boolean => part.every((element) => has(list, element));

const intersects = (a: List, b: List): boolean => a.some((element) => has(b, element));

const equivalent = (a: List, b: List): boolean => contains(a, b) && contains(b, a);

/** Each element may be compared with each of the other list. */
const pairsCost =
  (times: number): CallCost =>
  ([a = null, b = null]) =>
    1 + times * sizeOf(a) * sizeOf(b);

/** Functions that take lists for sets. */
export const sets: Library = {
  name: 'cel.lib.ext.sets',
  overloads: [
    ...withCost(pairsCost(1), [
      overload('list_sets_contains_list', 'sets.contains(list(<T>), list(<T>)) -> bool', contains),
      overload(
        'list_sets_intersects_list',
        'sets.intersects(list(<T>), list(<T>)) -> bool',
        intersects,
      ),
    ]),
    ...withCost(pairsCost(2), [
      overload(
        'list_sets_equivalent_list',
        'sets.equivalent(list(<T>), list(<T>)) -> bool',
        equivalent,
      ),
    ]),
  ],
};
