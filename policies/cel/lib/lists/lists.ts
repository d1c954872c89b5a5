import { type Library, type Overload, overload, withCost } from '../../library.ts';
import { sortByMacros } from '../../macros/macros-sort-by.ts';
import { dispatchedBy } from '../dispatch.ts';
import { withSoleCost } from '../standard-costs.ts';
import { distinctCost, flattenCost, outputCost, sortByCost, sortCost } from './lists-costs.ts';
import { distinct, first, flatten, last, range, reverse, slice } from './lists-functions.ts';
import { sort, sortAny, sortAnyByKeys, sortByKeys } from './lists-sort.ts';

/** Types whose values have an order. */
const COMPARABLE = [
  'int',
  'uint',
  'double',
  'bool',
  'google.protobuf.Duration',
  'google.protobuf.Timestamp',
  'string',
  'bytes',
];

const sorts: readonly Overload[] = COMPARABLE.map((type) =>
  overload(`list_${type}_sort`, `list(${type}).sort() -> list(${type})`, sort),
);

const sortsByKeys: readonly Overload[] = COMPARABLE.map((type) =>
  overload(
    `list_${type}_sortByAssociatedKeys`,
    `list(<T>).@sortByAssociatedKeys(list(${type})) -> list(<T>)`,
    sortByKeys,
  ),
);

/** Functions on lists: version 3 of cel-go's extension, and the two that came with optional values. */
export const lists: Library = {
  name: 'cel.lib.ext.lists',
  overloads: [
    ...withCost(outputCost, [
      overload('list_slice', 'list(<T>).slice(int, int) -> list(<T>)', slice),
      overload('lists_range', 'lists.range(int) -> list(int)', range),
      overload('list_reverse', 'list(<T>).reverse() -> list(<T>)', reverse),
    ]),
    ...dispatchedBy(
      flatten,
      withCost(flattenCost, [
        overload('list_flatten', 'list(list(<T>)).flatten() -> list(<T>)', flatten),
        overload('list_flatten_int', 'list(dyn).flatten(int) -> list(dyn)', flatten),
      ]),
    ),
    ...withCost(distinctCost, [
      overload('list_distinct', 'list(<T>).distinct() -> list(<T>)', distinct),
    ]),
    ...dispatchedBy(sortAny, withSoleCost(sortCost, sorts)),
    ...dispatchedBy(sortAnyByKeys, withSoleCost(sortByCost, sortsByKeys)),
    overload('list_first', 'list(<V>).first() -> optional_type(<V>)', first),
    overload('list_last', 'list(<V>).last() -> optional_type(<V>)', last),
  ],
  macros: sortByMacros,
};
