import { type Library, overload } from '../library.ts';
import { optionalMacros } from '../macros/macros-optional.ts';
import { select, selectOptional } from '../values/indexing.ts';
import { ZERO_TIME } from '../values/timestamp.ts';
import { type Kind, kindOf } from '../values/value-type.ts';
import {
  type Bytes,
  CelError,
  type CelMap,
  type Duration,
  Optional,
  type Timestamp,
  type Uint,
  type Value,
} from '../values/values.ts';
import { dispatchedBy } from './dispatch.ts';
import { formatGoValue } from './go-value.ts';

// biome-ignore lint/suspicious/noExplicitAny: each takes the values of its kind
const ZERO_TESTS: Partial<Record<Kind, (value: any) => boolean>> = {
  bool: (value: boolean) => !value,
  bytes: ({ data }: Bytes) => data.length === 0,
  double: (value: number) => value === 0,
  duration: ({ nanos }: Duration) => nanos === 0n,
  int: (value: bigint) => value === 0n,
  list: (list: readonly Value[]) => list.length === 0,
  map: (map: CelMap) => map.size === 0,
  null: () => true,
  string: (text: string) => text === '',
  timestamp: ({ nanos }: Timestamp) => nanos === ZERO_TIME,
  uint: ({ value }: Uint) => value === 0n,
};

/** Tells whether a value is the zero of its type. The values of libraries, types and optionals never are. */
function isZeroValue(value: Value): boolean {
  return ZERO_TESTS[kindOf(value)]?.(value) ?? false;
}

const of = (value: Value): Optional => new Optional(value);

const ofNonZeroValue = (value: Value): Optional =>
  isZeroValue(value) ? Optional.none : new Optional(value);

const noneDereferenced = new CelError('optional.none() dereference');

function getValue({ value }: Optional): Value {
  return value === undefined ? noneDereferenced : value;
}

const hasValue = ({ value }: Optional): boolean => value !== undefined;

/** Leaves out the optionals without value. Only the first element is known to be an optional. */
function unwrap(list: readonly Value[]): Value {
  const values: Value[] = [];
  for (const each of list) {
    if (!(each instanceof Optional)) return notOptional(each);
    if (each.value !== undefined) values.push(each.value);
  }
  return values;
}

function notOptional(value: Value): CelError {
  return new CelError(`value ${formatGoValue(value)} is not optional`);
}

const OPTIONAL_LIST = 'optional_type(list(<V>))';
const OPTIONAL_MAP = 'optional_type(map(<K>, <V>))';

const selections = [
  ...dispatchedBy(selectOptional, [
    overload('select_optional_field', '_?._(dyn, string) -> optional_type(<V>)', selectOptional),
    overload(
      'list_optindex_optional_int',
      '_[?_](list(<V>), int) -> optional_type(<V>)',
      selectOptional,
    ),
    overload(
      'optional_list_optindex_optional_int',
      `_[?_](${OPTIONAL_LIST}, int) -> optional_type(<V>)`,
      selectOptional,
    ),
    overload(
      'map_optindex_optional_value',
      '_[?_](map(<K>, <V>), <K>) -> optional_type(<V>)',
      selectOptional,
    ),
    overload(
      'optional_map_optindex_optional_value',
      `_[?_](${OPTIONAL_MAP}, <K>) -> optional_type(<V>)`,
      selectOptional,
    ),
  ]),
  ...dispatchedBy(select, [
    overload(
      'optional_list_index_int',
      `_[_](${OPTIONAL_LIST}, int) -> optional_type(<V>)`,
      select,
    ),
    overload(
      'optional_map_index_value',
      `_[_](${OPTIONAL_MAP}, <K>) -> optional_type(<V>)`,
      select,
    ),
  ]),
];

/**
 * Optional values. `or` and `orValue` evaluate their argument only where they need it, which the interpreter sees to;
 * here both sides are there already.
 */
export const optionals: Library = {
  name: 'optional',
  overloads: [
    overload('optional_of', 'optional.of(<V>) -> optional_type(<V>)', of),
    overload(
      'optional_ofNonZeroValue',
      'optional.ofNonZeroValue(<V>) -> optional_type(<V>)',
      ofNonZeroValue,
    ),
    overload('optional_none', 'optional.none() -> optional_type(<V>)', () => Optional.none),
    overload('optional_value', 'optional_type(<V>).value() -> <V>', getValue),
    overload('optional_hasValue', 'optional_type(<V>).hasValue() -> bool', hasValue),
    overload(
      'optional_or_optional',
      'optional_type(<V>).or(optional_type(<V>)) -> optional_type(<V>)',
      (optional: Optional, other: Value) => (hasValue(optional) ? optional : other),
    ),
    overload(
      'optional_orValue_value',
      'optional_type(<V>).orValue(<V>) -> <V>',
      ({ value }: Optional, other: Value) => (value === undefined ? other : value),
    ),
    ...selections,
    overload('optional_unwrap', 'optional.unwrap(list(optional_type(<V>))) -> list(<V>)', unwrap),
    overload('optional_unwrapOpt', 'list(optional_type(<V>)).unwrapOpt() -> list(<V>)', unwrap),
  ],
  macros: optionalMacros,
};
