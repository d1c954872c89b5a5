// Values that are known to be interesting: borders of ranges, text beyond the basic plane, forms each library refuses.
import { formatType, type Type } from '../../policies/cel/types.ts';
import type { Random } from './random.ts';
import { leaf, type Tree } from './tree.ts';

const STRINGS = [
  '',
  'a',
  'abc',
  'ABC',
  'a,b,c',
  ' a ',
  'a.b',
  '0',
  '7',
  '-1',
  '1.5',
  '1e3',
  'true',
  'x:latest',
  'ghcr.io/acme/shop:1.8.2',
  'äöü',
  'ß',
  'İ',
  '日本',
  '😀',
  'a😀b',
  '\\n',
  '\\t',
  '%s',
  'https://example.com:80/path?query=a&b=c',
  'ftp://a/',
  '/abs/path',
  '10.0.0.1',
  '10.0.0.0/8',
  '::1',
  '::ffff:1.2.3.4',
  'fe80::1%eth0',
  '2001:db8::/32',
  '1.2.3',
  '1.2.3-rc.1',
  'v1.0.0',
  '1.0',
  '100m',
  '1Gi',
  '1.5k',
  '5E',
  '1e400',
  'Mi',
  '9223372036854775807',
  '9223372036854775808',
  '2024-02-29T12:00:00Z',
  '2024-02-30T00:00:00Z',
  '1h',
  '1h30m',
  '-5ms',
  '1.5s',
  'my-name',
  'My_Name',
  'a'.repeat(64),
  'example.com/name',
  'dns1123Label',
  '550e8400-e29b-41d4-a716-446655440000',
  '__proto__',
  'constructor',
  'toString',
];
const REGEXES = [
  '',
  'a',
  '^[a-z]+$',
  'a+',
  '(a)(b)?',
  '[[:alpha:]]+',
  '(?i)ABC',
  '\\\\d+',
  '.',
  '😀',
  '^.{2}$',
  '\\\\pL+',
];
const INTS = [
  '0',
  '1',
  '2',
  '-1',
  '3',
  '7',
  '10',
  '100',
  '9223372036854775807',
  '-9223372036854775808',
  '0x10',
  '4294967296',
];
const UINTS = ['0u', '1u', '2u', '7u', '18446744073709551615u'];
const DOUBLES = [
  '0.0',
  '1.0',
  '-1.5',
  '0.1',
  '1e3',
  '1e308',
  '-0.0',
  '2.5',
  '3.0',
  '1e-7',
  '9007199254740993.0',
];
const BYTES = ["b''", "b'abc'", "b'\\xff'", "b'ä'"];
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

/** Fields of the object that is judged: there, of another type than asked for, and missing. */
const DYNAMIC = [
  'object.spec.replicas',
  'object.spec.image',
  'object.spec.port',
  'object.metadata.name',
  'object.metadata.labels',
  'object.metadata.annotations',
  'object.spec.env',
  'object.spec.missing',
  'object.spec',
  'object.mixed',
  'object.big',
  'object.ratio',
  'object.flag',
  'object.nothing',
  'object.list',
  'object.nested.deep.value',
  'oldObject',
  'params',
  'object.spec.env[0].name',
  "object.metadata.labels['app']",
  'object.texts',
  'object.numbers',
];

const quote = (text: string) => `'${text.replaceAll("'", "\\'")}'`;

const POOLS: Readonly<Record<string, readonly string[]>> = {
  bool: ['true', 'false'],
  int: INTS,
  uint: UINTS,
  double: DOUBLES,
  string: STRINGS.map(quote),
  bytes: BYTES,
  null_type: ['null'],
  dyn: DYNAMIC,
  'google.protobuf.Duration': DURATIONS,
  'google.protobuf.Timestamp': TIMESTAMPS,
  ...OPAQUE,
};

/** Returns a literal, or a field of the object where the type is dyn. */
export function literalOf(type: Type, random: Random): Tree {
  const text = pooled(type, random);
  if (text !== undefined) return leaf(type, text);
  if (type.kind === 'list') return listOf(type, random.below(4), random);
  if (type.kind === 'map') return mapOf(type, random);
  if (type.kind === 'opaque' && type.name === 'optional_type') return optionalOf(type, random);
  return leaf(type, "type('a')");
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

export function regex(random: Random): string {
  return quote(random.pick(REGEXES));
}

function pooled(type: Type, random: Random): string | undefined {
  const pool = POOLS[formatType(type)];
  return pool && random.pick(pool);
}

function listOf(type: Type & { kind: 'list' }, length: number, random: Random): Tree {
  const parts = Array.from({ length }, () => literalOf(type.element, random));
  return { type, parts, write: (...texts) => `[${texts.join(', ')}]` };
}

function mapOf(type: Type & { kind: 'map' }, random: Random): Tree {
  // The order of a map's entries is random in the API server, so that more than one would give it two answers.
  const parts = random.once(3) ? [] : [literalOf(type.key, random), literalOf(type.value, random)];
  return {
    type,
    parts,
    write: (...[key, value]) => (key === undefined ? '{}' : `{${key}: ${value}}`),
  };
}

function optionalOf(type: Type & { kind: 'opaque' }, random: Random): Tree {
  const [value] = type.parameters;
  if (value === undefined || random.once(3)) return leaf(type, 'optional.none()');
  return { type, parts: [literalOf(value, random)], write: (text) => `optional.of(${text})` };
}
