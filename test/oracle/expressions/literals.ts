// Values that are known to be interesting: borders of ranges, forms of numbers, values of each library.
import { DYN, formatType, INT, STRING, type Type } from '../../../policies/cel/types/types.ts';
import type { Random } from '../../helpers/random.ts';
import { quote } from './quote.ts';
import { TEXTS } from './texts.ts';
import { leaf, type Tree } from './tree.ts';

const INTS = [
  ...['0', '1', '2', '-1', '3', '7', '10', '100', '0x10', '-0xff', '4294967296', '64'],
  ...['9223372036854775807', '-9223372036854775808', '9007199254740993'],
];
const UINTS = ['0u', '1u', '2u', '7u', '0xFu', '9007199254740993U', '18446744073709551615u'];
const DOUBLES = [
  ...['0.0', '1.0', '-1.5', '0.1', '1e3', '1E-2', '.5', '1e308', '-0.0', '2.5', '3.0', '1e-7'],
  ...['9007199254740993.0', '9223372036854775807.0', '18446744073709551615.0', '1e21', '1e22'],
  ...["double('NaN')", "double('Infinity')", "double('-Infinity')"],
];
const BYTES = [
  "b''",
  "b'abc'",
  "b'\\xff'",
  "b'ä'",
  'br"\\n"',
  'b"""a"""',
  "b'\\101'",
  "bytes('ß')",
];
const DURATIONS = [
  "duration('0s')",
  "duration('1h')",
  "duration('1.5s')",
  "duration('-90m')",
  "duration('100ns')",
];
const TIMESTAMPS = [
  "timestamp('2024-02-29T12:34:56.789Z')",
  "timestamp('1970-01-01T00:00:00Z')",
  "timestamp('0001-01-01T00:00:00Z')",
  "timestamp('9999-12-31T23:59:59.999999999Z')",
  "timestamp('2024-07-01T00:00:00+02:30')",
];

const OPAQUE: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.Quantity': [
    "quantity('1')",
    "quantity('100m')",
    "quantity('1Gi')",
    "quantity('-2k')",
    "quantity('1e3')",
  ],
  'kubernetes.URL': ["url('https://example.com:80/path?query=a%20b')", "url('/abs')"],
  'net.IP': ["ip('10.0.0.1')", "ip('::1')", "ip('fe80::1')"],
  'net.CIDR': ["cidr('10.0.0.0/8')", "cidr('2001:db8::/32')", "cidr('10.1.2.3/16')"],
  'kubernetes.Semver': ["semver('1.2.3')", "semver('1.2.3-rc.1+b2')", "semver('v1.0', true)"],
  'kubernetes.NamedFormat': [
    'format.dns1123Label()',
    'format.uuid()',
    'format.date()',
    'format.qualifiedName()',
  ],
};

const TYPES = [
  ...['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type'],
  ...['google.protobuf.Timestamp', 'google.protobuf.Duration', 'optional_type', 'net.IP'],
  ...["type('a')", 'type(object)', 'type(object.list)', 'type(dyn(1))', 'type(quantity("1"))'],
];

const POOLS: Readonly<Record<string, readonly string[]>> = {
  bool: ['true', 'false'],
  int: INTS,
  uint: UINTS,
  double: DOUBLES,
  bytes: BYTES,
  null_type: ['null'],
  'google.protobuf.Duration': DURATIONS,
  'google.protobuf.Timestamp': TIMESTAMPS,
  ...OPAQUE,
};

/** Returns a literal of the type; where it is dyn, one of any type, wrapped in dyn(). */
export function literalOf(type: Type, random: Random): Tree {
  const pool = POOLS[formatType(type)];
  if (pool) return leaf(type, random.pick(pool));
  switch (type.kind) {
    case 'string':
      return leaf(type, quote(random.pick(random.pick(TEXTS)), random));
    case 'dyn':
      return dynOf(random);
    case 'list':
      return listOf(type, random.below(4), random);
    case 'map':
      return mapOf(type, random);
    case 'opaque':
      return optionalOf(type, random);
    default:
      return leaf(type, random.pick(TYPES));
  }
}

/** The simplest literal of the type: what a failing expression is made smaller with. */
export function simplest(type: Type): Tree {
  const first = {
    below: () => 0,
    pick: (items: readonly unknown[]) => items[0],
    once: () => false,
  };
  return literalOf(type, first as unknown as Random);
}

const SCALARS: readonly Type[] = [
  INT,
  STRING,
  ...(['bool', 'uint', 'double', 'bytes', 'null', 'duration', 'timestamp'] as const).map(
    (kind): Type => ({ kind }),
  ),
];

function dynOf(random: Random): Tree {
  const inner = literalOf(random.pick(SCALARS), random);
  return { type: DYN, parts: [inner], write: (text) => `dyn(${text})` };
}

function listOf(type: Type & { kind: 'list' }, length: number, random: Random): Tree {
  const parts = Array.from({ length }, () => elementOf(type.element, random));
  const optional = parts.findIndex(({ type: { kind } }) => kind === 'opaque');
  const mark = type.element.kind !== 'opaque' && optional >= 0;
  return {
    type,
    parts,
    write: (...texts) =>
      `[${texts.map((text, index) => (mark && index === optional ? `?${text}` : text)).join(', ')}]`,
  };
}

/** One in twenty is an optional, for `[?x]`. */
function elementOf(type: Type, random: Random): Tree {
  if (type.kind === 'opaque' || !random.once(20)) return literalOf(type, random);
  return optionalOf({ kind: 'opaque', name: 'optional_type', parameters: [type] }, random);
}

/** The order of a map's entries is random in the API server, so that more than one would give it two answers. */
function mapOf(type: Type & { kind: 'map' }, random: Random): Tree {
  if (random.once(3)) return leaf(type, '{}');
  const value = elementOf(type.value, random);
  const mark = type.value.kind !== 'opaque' && value.type.kind === 'opaque' ? '?' : '';
  const parts = [literalOf(type.key, random), value];
  return { type, parts, write: (key, text) => `{${mark}${key}: ${text}}` };
}

function optionalOf(type: Type & { kind: 'opaque' }, random: Random): Tree {
  const [value] = type.parameters;
  if (value === undefined || random.once(3)) return leaf(type, 'optional.none()');
  const maker = random.once(4) ? 'optional.ofNonZeroValue' : 'optional.of';
  return { type, parts: [literalOf(value, random)], write: (text) => `${maker}(${text})` };
}
