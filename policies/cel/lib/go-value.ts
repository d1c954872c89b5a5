import { formatType } from '../types/types.ts';
import { formatDouble, formatFixed } from '../values/format-double.ts';
import { compareStrings } from '../values/text.ts';
import { formatTimestamp } from '../values/timestamp.ts';
import { type Kind, kindOf, typeNameOf } from '../values/value-type.ts';
import {
  type Bytes,
  type CelMap,
  type Duration,
  Optional,
  type Timestamp,
  type TypeValue,
  type Uint,
  type Value,
} from '../values/values.ts';

// biome-ignore lint/suspicious/noExplicitAny: each takes the values of its kind
const FORMATS: Partial<Record<Kind, (value: any) => string>> = {
  bytes: ({ data }: Bytes) => `[${data.join(' ')}]`,
  double: formatDouble,
  duration: formatGoDuration,
  list: (list: readonly Value[]) => `[${list.map(formatNative).join(', ')}]`,
  map: (map: CelMap) =>
    `{${entriesOf(map, (key, value) => `${key}: ${formatGoValue(value)}`).join(', ')}}`,
  // The number of the only member of an enum.
  null: () => '0',
  opaque: formatOpaque,
  timestamp: formatGoTime,
  type: ({ type }: TypeValue) => formatType(type),
  uint: ({ value }: Uint) => String(value),
};

/** Formats a value as Go's %v shows it, which messages of the API server do where a user hardly ever comes. */
export function formatGoValue(value: Value): string {
  return FORMATS[kindOf(value)]?.(value) ?? String(value);
}

/** What is in a list of an object is a plain Go value, which looks different. */
function formatNative(value: Value): string {
  switch (kindOf(value)) {
    case 'null':
      return '<nil>';
    case 'list':
      return `[${(value as readonly Value[]).map(formatNative).join(' ')}]`;
    case 'map':
      return `map[${entriesOf(value as CelMap, (key, each) => `${key}:${formatNative(each)}`).join(' ')}]`;
    default:
      return formatGoValue(value);
  }
}

/** Returns the entries in the order of their keys. */
function entriesOf(map: CelMap, format: (key: string, value: Value) => string): string[] {
  const entries = [...map].map(([key, value]) => [formatGoValue(key), value] as const);
  entries.sort(([a], [b]) => compareStrings(a, b));
  return entries.map(([key, value]) => format(key, value));
}

function formatOpaque(value: Value): string {
  if (!(value instanceof Optional)) return typeNameOf(value);
  return value.value === undefined ? 'optional.none()' : `optional(${formatGoValue(value.value)})`;
}

const UNITS: readonly (readonly [name: string, nanos: bigint])[] = [
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
];
const SMALL_UNITS: readonly (readonly [name: string, nanos: number])[] = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
];

/** Formats as `1h0m1.5s`; less than a second has a smaller unit. */
function formatGoDuration({ nanos }: Duration): string {
  if (nanos === 0n) return '0s';
  let rest = nanos < 0n ? -nanos : nanos;
  let text = nanos < 0n ? '-' : '';
  for (const [name, unit] of UNITS) {
    if (rest >= unit || text.length > 1) text += `${rest / unit}${name}`;
    rest %= unit;
  }
  const [name, unit] = (text.length > 1
    ? SMALL_UNITS[0]
    : SMALL_UNITS.find(([, size]) => rest >= size)) ?? ['s', 1e9];
  return `${text}${formatFixed(Number(rest) / unit)}${name}`;
}

/** Formats as `2020-01-01 00:00:00.5 +0000 UTC`. */
function formatGoTime(timestamp: Timestamp): string {
  const [, day, time, zone = ''] =
    /^([^T]*)T([^Z+-]*)(Z|[+-].*)$/.exec(formatTimestamp(timestamp)) ?? [];
  const offset = zone.replace(':', '');
  return `${day} ${time} ${zone === 'Z' ? '+0000 UTC' : `${offset} ${offset}`}`;
}
