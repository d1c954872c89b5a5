import { type Implementation, type Overload, overload, withCost } from '../../library.ts';
import { operators } from '../../syntax/operators.ts';
import { equal, equals } from '../../values/equality.ts';
import { wrongKey } from '../../values/indexing.ts';
import { type Comparison, compare, comparisons, type Ordering } from '../../values/order.ts';
import { type Kind, kindOf } from '../../values/value-type.ts';
import { CelMap, noSuchOverload, type Value } from '../../values/values.ts';
import { dispatchedBy, refusalOf } from '../dispatch.ts';
import { comparisonCost, equalsCost, inListCost, withSoleCost } from '../standard-costs.ts';

interface Relation {
  readonly operator: string;
  /** First part of the names of its overloads. */
  readonly prefix: string;
  readonly holds: (ordering: Ordering) => boolean;
  /** Compares integers with no detour, since they are what is compared most. */
  readonly ints: (a: bigint, b: bigint) => boolean;
}

const RELATIONS: readonly Relation[] = [
  {
    operator: operators.less,
    prefix: 'less',
    holds: (ordering) => ordering < 0,
    ints: (a, b) => a < b,
  },
  {
    operator: operators.lessEquals,
    prefix: 'less_equals',
    holds: (ordering) => ordering <= 0,
    ints: (a, b) => a <= b,
  },
  {
    operator: operators.greater,
    prefix: 'greater',
    holds: (ordering) => ordering > 0,
    ints: (a, b) => a > b,
  },
  {
    operator: operators.greaterEquals,
    prefix: 'greater_equals',
    holds: (ordering) => ordering >= 0,
    ints: (a, b) => a >= b,
  },
];

/** What can be compared: the name of the overload after its prefix, and the types. */
const COMPARABLE: readonly (readonly [string, Kind, Kind])[] = [
  ['bool', 'bool', 'bool'],
  ['int64', 'int', 'int'],
  ['int64_double', 'int', 'double'],
  ['int64_uint64', 'int', 'uint'],
  ['uint64', 'uint', 'uint'],
  ['uint64_double', 'uint', 'double'],
  ['uint64_int64', 'uint', 'int'],
  ['double', 'double', 'double'],
  ['double_int64', 'double', 'int'],
  ['double_uint64', 'double', 'uint'],
  ['string', 'string', 'string'],
  ['bytes', 'bytes', 'bytes'],
  ['timestamp', 'timestamp', 'timestamp'],
  ['duration', 'duration', 'duration'],
];

/** Kinds whose comparison reads them from the start. */
const TRAVERSED: ReadonlySet<Kind> = new Set<Kind>(['bytes', 'string']);

const DECLARED: Partial<Record<Kind, string>> = {
  duration: 'google.protobuf.Duration',
  timestamp: 'google.protobuf.Timestamp',
};

function relationOverloads(relation: Relation): Overload[] {
  return dispatchedBy(
    dispatchOf(relation),
    COMPARABLE.flatMap(([suffix, first, second]) => {
      const types = [first, second].map((kind) => DECLARED[kind] ?? kind).join(', ');
      const signature = `${relation.operator}(${types}) -> bool`;
      const made = overload(
        `${relation.prefix}_${suffix}`,
        signature,
        implementation(relation, first, second),
      );
      return TRAVERSED.has(first) ? withSoleCost(comparisonCost, [made]) : [made];
    }),
  );
}

function dispatchOf({ operator, holds, ints }: Relation): Implementation {
  const refuse = refusalOf(operator);
  return (a: Value, b: Value) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return ints(a, b);
    const kind = kindOf(a);
    if (!comparisons[kind]) return refuse(kind);
    const ordering = compare(a, b);
    return typeof ordering === 'number' ? holds(ordering) : ordering;
  };
}

function implementation(relation: Relation, first: Kind, second: Kind): Implementation {
  if (first === 'int' && second === 'int') return relation.ints;
  const comparison = comparisons[first]?.[second] as Comparison;
  const { holds } = relation;
  return (a: Value, b: Value) => {
    const ordering = comparison(a, b);
    return typeof ordering === 'number' ? holds(ordering) : ordering;
  };
}

const notEquals = (a: Value, b: Value): boolean => !equal(a, b);

const equality = [
  ...withCost(
    equalsCost,
    dispatchedBy(equals, [overload('equals', '_==_(<A>, <A>) -> bool', equals)]),
  ),
  ...withCost(
    comparisonCost,
    dispatchedBy(notEquals, [overload('not_equals', '_!=_(<A>, <A>) -> bool', notEquals)]),
  ),
];

function inList(value: Value, list: readonly Value[]): boolean {
  for (const each of list) if (equal(value, each)) return true;
  return false;
}

function inMap(key: Value, map: CelMap): Value {
  return wrongKey(map, key) ?? map.has(key);
}

function isIn(value: Value, container: Value): Value {
  if (Array.isArray(container)) return inList(value, container);
  return container instanceof CelMap ? inMap(value, container) : noSuchOverload;
}

const membership = dispatchedBy(isIn, [
  ...withSoleCost(inListCost, [overload('in_list', '@in(<A>, list(<A>)) -> bool', inList)]),
  overload('in_map', '@in(<A>, map(<A>, <B>)) -> bool', inMap),
]);

export const relations: readonly Overload[] = [
  ...equality,
  ...RELATIONS.flatMap(relationOverloads),
  ...membership,
];
