import { comparisons } from '../../values/order.ts';
import { kindOf } from '../../values/value-type.ts';
import { CelError, type Value } from '../../values/values.ts';
import { refusalOf } from '../dispatch.ts';
import { sortLikeGo } from './pattern-sort.ts';

const notComparable = new CelError('list elements must be comparable');
const differentTypes = new CelError('list elements must have the same type');

/** Sorts a list of any elements; those of the functions' declared types have an order. */
export function sort(list: readonly Value[]): Value {
  return sortByKeys(list, list);
}

/** Sorts a list by the order of its keys; the macro sees to it that there is one for each element. */
export function sortByKeys(list: readonly Value[], keys: readonly Value[]): Value {
  if (list.length === 0) return list;
  const kind = kindOf(keys[0] as Value);
  const compare = comparisons[kind]?.[kind];
  if (!compare) return notComparable;
  if (keys.some((key) => kindOf(key) !== kind)) return differentTypes;
  const indices = [...keys.keys()];
  sortLikeGo(indices, (a, b) => compare(keys[a], keys[b]) === -1);
  return indices.map((index) => list[index] as Value);
}

const refuseSort = refusalOf('sort');
const refuseSortByKeys = refusalOf('@sortByAssociatedKeys');

/** sort() of a value of any type. */
export function sortAny(value: Value): Value {
  return Array.isArray(value) ? sort(value) : refuseSort(kindOf(value));
}

/** @sortByAssociatedKeys() of a value of any type; the keys are a list, as the macro makes them, of a map's keys, too. */
export function sortAnyByKeys(value: Value, keys: readonly Value[]): Value {
  return Array.isArray(value) ? sortByKeys(value, keys) : refuseSortByKeys(kindOf(value));
}
