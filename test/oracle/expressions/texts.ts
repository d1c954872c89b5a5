// Which texts an argument of a function is mostly given.

import {
  ADDRESSES,
  FORMATS,
  MOMENTS,
  NAMES,
  NETWORKS,
  NUMBERS,
  PATTERNS,
  PLAIN,
  QUANTITIES,
  SEPARATORS,
  SPANS,
  TEMPLATES,
  URLS,
  VERSIONS,
  ZONES,
} from './samples.ts';

/** Names of fields that some objects have. */
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
