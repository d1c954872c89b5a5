import { type Kind, kindOf, typeNameOf } from './value-type.ts';
import type { Value } from './values.ts';

const NAMES: Partial<Record<Kind, string>> = {
  bool: 'types.Bool',
  bytes: 'types.Bytes',
  double: 'types.Double',
  duration: 'types.Duration',
  int: 'types.Int',
  list: '*types.baseList',
  map: '*types.baseMap',
  null: 'types.Null',
  string: 'types.String',
  timestamp: 'types.Timestamp',
  type: '*types.Type',
  uint: 'types.Uint',
};

const LIBRARY_NAMES: Readonly<Record<string, string>> = {
  'kubernetes.NamedFormat': 'cel.Format',
  'kubernetes.Quantity': 'cel.Quantity',
  'kubernetes.Semver': 'cel.Semver',
  'kubernetes.URL': 'cel.URL',
  'kubernetes.variables': '*lazy.MapValue',
  'net.CIDR': 'cel.CIDR',
  'net.IP': 'cel.IP',
  optional_type: '*types.Optional',
};

/** Returns the name of the Go type that the API server has for a value; some of its messages show it. */
export function goTypeName(value: Value): string {
  const type = typeNameOf(value);
  return NAMES[kindOf(value)] ?? LIBRARY_NAMES[type] ?? type;
}

const INPUT_NAMES: Partial<Record<Kind, string>> = {
  list: '[]interface {}',
  map: 'map[string]interface {}',
  null: '<nil>',
};

/** The same for a value that comes out of an object as it is. */
export function goInputTypeName(value: Value): string {
  return INPUT_NAMES[kindOf(value)] ?? goTypeName(value);
}
