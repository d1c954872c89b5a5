import { type Library, type Overload, overload, withCost } from '../../library.ts';
import type { Value } from '../../values/values.ts';
import { Duration, Uint } from '../../values/values.ts';
import { searchCost } from '../traversal.ts';
import {
  includes,
  indexOf,
  isSorted,
  lastIndexOf,
  max,
  min,
  sumFrom,
} from './kubernetes-lists-functions.ts';

/** Types of elements, by the names they have in the names of overloads. */
const TYPES = {
  int: 'int',
  uint: 'uint',
  double: 'double',
  bool: 'bool',
  duration: 'google.protobuf.Duration',
  timestamp: 'google.protobuf.Timestamp',
  string: 'string',
  bytes: 'bytes',
} as const;

const ZEROS = {
  int: 0n,
  uint: new Uint(0n),
  double: 0,
  duration: new Duration(0n),
} as const;

type Fold = (list: readonly Value[]) => Value;

/** Declares a method for each type of elements. */
function forEachType(declare: (name: string, type: string) => Overload): Overload[] {
  return Object.entries(TYPES).map(([name, type]) => declare(name, type));
}

const isSorteds = forEachType((name, type) =>
  overload(`list_${name}_is_sorted_bool`, `list(${type}).isSorted() -> bool`, isSorted),
);

const sums = Object.entries(ZEROS).map(([name, zero]) => {
  const type = TYPES[name as keyof typeof ZEROS];
  return overload(`list_${name}_sum_${name}`, `list(${type}).sum() -> ${type}`, sumFrom(zero));
});

function extremes(method: string, fold: Fold): Overload[] {
  return forEachType((name, type) =>
    overload(`list_${name}_${method}_${name}`, `list(${type}).${method}() -> ${type}`, fold),
  );
}

/** What Kubernetes adds for lists. Of these, `includes` came with version 1.37. */
export const kubernetesLists: Library = {
  name: 'kubernetes.lists',
  overloads: withCost(searchCost, [
    ...isSorteds,
    ...sums,
    ...extremes('max', max),
    ...extremes('min', min),
    overload('list_a_index_of_int', 'list(<A>).indexOf(<A>) -> int', indexOf),
    overload('list_a_last_index_of_int', 'list(<A>).lastIndexOf(<A>) -> int', lastIndexOf),
    overload('list_includes_dyn_dyn', 'dyn.includes(dyn) -> bool', includes),
  ]),
};
