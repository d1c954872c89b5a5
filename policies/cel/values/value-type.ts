import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  ERROR,
  formatType,
  INT,
  listOf,
  mapOf,
  NULL,
  optionalOf,
  STRING,
  TIMESTAMP,
  type Type,
  UINT,
} from '../types/types.ts';
import {
  Bytes,
  CelError,
  CelMap,
  Duration,
  Opaque,
  Optional,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './values.ts';

/** The kind of a value's type. Optionals are opaque; dyn and parameter do not occur. */
export type Kind = Type['kind'];

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    default:
      return value === null ? 'null' : kindOfObject(value);
  }
}

const CLASSES: ReadonlyMap<unknown, Kind> = new Map<unknown, Kind>([
  [Array, 'list'],
  [CelMap, 'map'],
  [Uint, 'uint'],
  [Bytes, 'bytes'],
  [Duration, 'duration'],
  [Timestamp, 'timestamp'],
  [TypeValue, 'type'],
  [Optional, 'opaque'],
  [CelError, 'error'],
]);

function kindOfObject(value: object): Kind {
  const kind = CLASSES.get(value.constructor);
  if (kind) return kind;
  if (value instanceof Opaque) return 'opaque';
  // A map of which not all is known is a subclass.
  if (value instanceof CelMap) return 'map';
  return value instanceof Struct ? 'object' : 'error';
}

const LIST = listOf(DYN);
const MAP = mapOf(DYN, DYN);
const OPTIONAL = optionalOf(DYN);
const TYPE: Type = { kind: 'type' };

const PLAIN: Partial<Record<Kind, Type>> = {
  bool: BOOL,
  bytes: BYTES,
  double: DOUBLE,
  duration: DURATION,
  error: ERROR,
  int: INT,
  list: LIST,
  map: MAP,
  null: NULL,
  string: STRING,
  timestamp: TIMESTAMP,
  type: TYPE,
  uint: UINT,
};

/** Returns the type a value has at run time. It knows no types of elements: a list is list(dyn). */
export function valueTypeOf(value: Value): Type {
  if (value instanceof Opaque || value instanceof Struct) return value.type;
  return PLAIN[kindOf(value)] ?? OPTIONAL;
}

/** Returns the name that tells types apart at run time, without parameters: list, map, optional_type, int. */
export function runtimeTypeName(type: Type): string {
  switch (type.kind) {
    case 'list':
    case 'map':
    case 'type':
      return type.kind;
    case 'opaque':
      return type.name;
    default:
      return formatType(type);
  }
}

/** Returns the runtime type name of a value. */
export function typeNameOf(value: Value): string {
  return runtimeTypeName(valueTypeOf(value));
}

/**
 * Tells whether a value can be an argument of a declared type. As in cel-go, of a list or map only the first element is
 * looked at.
 */
export function accepts(type: Type, value: Value): boolean {
  if (type.kind === 'dyn' || type.kind === 'parameter') return true;
  if (type.kind === 'list') {
    return Array.isArray(value) && (value.length === 0 || accepts(type.element, value[0] as Value));
  }
  if (type.kind === 'map') return value instanceof CelMap && acceptsFirstEntry(type, value);
  if (type.kind === 'opaque' || type.kind === 'object') {
    return typeNameOf(value) === type.name;
  }
  return kindOf(value) === type.kind;
}

function acceptsFirstEntry(type: Type & { kind: 'map' }, map: CelMap): boolean {
  for (const [key, value] of map) return accepts(type.key, key) && accepts(type.value, value);
  return true;
}

/** The error of a call that no overload of the function takes: `no such overload: int(list)`. */
export function noOverloadFor(name: string, args: readonly Value[]): CelError {
  return new CelError(`no such overload: ${name}(${args.map(typeNameOf).join(', ')})`);
}
