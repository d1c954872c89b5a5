// Texts that are known to be interesting: those each library reads, and those it refuses.

const PLAIN = [
  '',
  'a',
  'abc',
  'ABC',
  'a,b,c',
  ' a ',
  'a.b',
  'äöü',
  'ß',
  'İ',
  '日本',
  '😀',
  'a😀b',
  'e\u0301',
  'line\nbreak',
  'tab\t',
  '%s',
  'a"b',
  "it's",
  'back\\slash',
  '__proto__',
  'constructor',
  'toString',
  'x:latest',
  'ghcr.io/acme/shop:1.8.2',
] as const;

const NUMBERS = [
  '0',
  '7',
  '-1',
  '+5',
  '1.5',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  '-inf',
  ' 1',
  '1_000',
  'true',
  'T',
  'False',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '18446744073709551615',
  '.5',
  '1e400',
];

const QUANTITIES = [
  '1',
  '0',
  '100m',
  '1Gi',
  '1.5k',
  '-2k',
  '5E',
  '1e3',
  '1E-3',
  '+.5Mi',
  '1.',
  '0.0001m',
  '9223372036854775807',
  '9223372036854775808',
  '12345678901234567890123',
  'Mi',
  '1 Gi',
  '1GiB',
  '1u',
  '3n',
  '1e400',
];

const URLS = [
  'https://example.com:80/path?query=a&b=c',
  'https://example.com/a%20b?k=v&k=w&empty',
  'https://[::1]:8080/',
  'https://user:pw@example.com/',
  'http://example.com/%zz',
  'ftp://a/',
  '/abs/path',
  'relative',
  'mailto:a@b',
  'https://ex ample.com',
  '//host/path',
  'https://EXAMPLE.com:port',
];

const ADDRESSES = [
  '10.0.0.1',
  '127.0.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '169.254.1.1',
  '8.8.8.8',
  '::',
  '::1',
  '2001:DB8::1',
  'ff02::1',
  'fe80::1',
  '::ffff:1.2.3.4',
  'fe80::1%eth0',
  '010.0.0.1',
  '1.2.3',
  '1.2.3.256',
];

const NETWORKS = [
  '10.0.0.0/8',
  '10.1.2.3/16',
  '10.0.0.1/32',
  '0.0.0.0/0',
  '2001:db8::/32',
  '::/0',
  '::ffff:1.2.3.4/112',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0.0',
];

const VERSIONS = [
  '1.2.3',
  '1.2.3-rc.1',
  '1.2.3-rc.1+b2',
  '0.0.0',
  'v1.0.0',
  'v1.0',
  '1',
  '01.2.3',
  '1.2.3-',
  '1.2.3-01',
  '1.2.3-alpha.beta.2',
  '18446744073709551615.0.0',
];

const MOMENTS = [
  '2024-02-29T12:00:00Z',
  '2024-02-29T12:34:56.789Z',
  '1970-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '2024-07-01T00:00:00+02:30',
  '2024-02-30T00:00:00Z',
  '2024-02-29 12:00:00',
  '2024-02-29',
  '10000-01-01T00:00:00Z',
];

const SPANS = ['0s', '1h', '1h30m', '-5ms', '1.5s', '100ns', '1us', '1d', '5', '9223372036s', ''];

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', '-03:30', '+14:00', '02:00', 'Mars/X'];

const NAMES = [
  'my-name',
  'My_Name',
  'a'.repeat(64),
  'example.com/name',
  'a.b-c.d',
  '1abc',
  'abc-',
  '550e8400-e29b-41d4-a716-446655440000',
  'YWJj',
  '2024-02-29',
];

const FORMATS = [
  'dns1123Label',
  'dns1123Subdomain',
  'dns1035Label',
  'qualifiedName',
  'labelValue',
  'uri',
  'uuid',
  'byte',
  'date',
  'datetime',
  'dns1123LabelPrefix',
  'nothing',
];

const PATTERNS = [
  '',
  'a',
  '^[a-z]+$',
  'a+',
  '(a)(b)?',
  '[[:alpha:]]+',
  '(?i)ABC',
  '\\d+',
  '.',
  '😀',
  '^.{2}$',
  '\\pL+',
  '(?P<n>a)',
  '\\bab?',
  'a|b|',
  '(?s).',
  '[^a]',
  '(a+)+$',
  'x{2,3}?',
  '(?=a)',
  '(a',
  '\\1',
  '[z-a]',
];

const TEMPLATES = [
  '%s',
  '%d',
  '%f',
  '%.2f',
  '%e',
  '%b',
  '%x',
  '%X',
  '%o',
  '%%',
  '%s-%s',
  '%q',
  '%',
];

const SEPARATORS = ['', ',', 'a', '.', 'b', '-', '😀', ' '];

const FIELDS = ['spec', 'metadata', 'missing', 'a', 'replicas', 'name', 'app', 'value', 'deep'];

const LIBRARY_TEXTS: readonly (readonly string[])[] = [
  NUMBERS,
  QUANTITIES,
  URLS,
  ADDRESSES,
  NETWORKS,
  VERSIONS,
  MOMENTS,
  SPANS,
  NAMES,
];

/** All texts, those that mean something to no library first. */
export const TEXTS: readonly (readonly string[])[] = [PLAIN, PLAIN, ...LIBRARY_TEXTS];

const BY_FUNCTION: Readonly<Record<string, readonly string[]>> = {
  quantity: QUANTITIES,
  isQuantity: QUANTITIES,
  url: URLS,
  isURL: URLS,
  ip: ADDRESSES,
  isIP: ADDRESSES,
  'ip.isCanonical': ADDRESSES,
  containsIP: ADDRESSES,
  cidr: NETWORKS,
  isCIDR: NETWORKS,
  containsCIDR: NETWORKS,
  semver: VERSIONS,
  isSemver: VERSIONS,
  timestamp: MOMENTS,
  duration: SPANS,
  'format.named': FORMATS,
  validate: [...NAMES, ...MOMENTS, ...URLS],
  int: NUMBERS,
  uint: NUMBERS,
  double: NUMBERS,
  bool: NUMBERS,
};

const BY_SECOND_ARGUMENT: Readonly<Record<string, readonly string[]>> = {
  matches: PATTERNS,
  find: PATTERNS,
  findAll: PATTERNS,
  split: SEPARATORS,
  join: SEPARATORS,
  replace: SEPARATORS,
  indexOf: SEPARATORS,
  lastIndexOf: SEPARATORS,
  containsIP: ADDRESSES,
  containsCIDR: NETWORKS,
  validate: [...NAMES, ...MOMENTS, ...URLS],
  '_[_]': FIELDS,
  '_[?_]': FIELDS,
  '_?._': FIELDS,
};

/** Returns the texts that mean something to an argument of a function; undefined where all are alike to it. */
export function textsFor(name: string, index: number): readonly string[] | undefined {
  if (index === 0 && name === 'format') return TEMPLATES;
  if (index === 1 && /^get[A-Z]/.test(name)) return ZONES;
  const texts = index === 0 ? BY_FUNCTION : BY_SECOND_ARGUMENT;
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}
