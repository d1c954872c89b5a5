import { formatDuration } from '../../values/duration.ts';
import { formatDouble } from '../../values/format-double.ts';
import { compareStrings, decodeUtf8 } from '../../values/text.ts';
import { formatTimestamp } from '../../values/timestamp.ts';
import { type Kind, kindOf, runtimeTypeName, typeNameOf } from '../../values/value-type.ts';
import {
  type Bytes,
  CelError,
  type CelMap,
  type TypeValue,
  type Uint,
  type Value,
} from '../../values/values.ts';
import { quote, toByteString } from '../go-string.ts';
import { formatPlain } from './format-number.ts';

type Formatted = string | CelError;
// biome-ignore lint/suspicious/noExplicitAny: each takes the values of its kind
type Format = (value: any) => Formatted;

/** What the clause %s makes of a value. */
const TEXTS: Partial<Record<Kind, Format>> = {
  bool: String,
  bytes: formatBytes,
  double: formatDouble,
  duration: formatDuration,
  int: String,
  list: formatList,
  map: formatMap,
  null: () => 'null',
  string: (text: string) => text,
  timestamp: formatTimestamp,
  type: ({ type }: TypeValue) => runtimeTypeName(type),
  uint: ({ value }: Uint) => String(value),
};

/** Returns undefined for values that have no text. */
export function formatText(value: Value): Formatted | undefined {
  return TEXTS[kindOf(value)]?.(value);
}

const notUtf8 = new CelError(
  'could not convert argument "invalid UTF-8 in bytes, cannot convert to string" to string',
);

function formatBytes({ data }: Bytes): Formatted {
  return decodeUtf8(data) ?? notUtf8;
}

const quoted = (text: string): string => quote(toByteString(text));

/** What values within lists and maps look like where it is not their text: as CEL writes them. */
const LITERALS: Partial<Record<Kind, Format>> = {
  bytes: (bytes: Bytes) => map(formatBytes(bytes), (text) => `b${quoted(text)}`),
  double: (value: number) =>
    Number.isFinite(value) ? formatPlain(value) : quoted(formatPlain(value)),
  duration: (value) => `duration(${quoted(formatDuration(value))})`,
  string: quoted,
  timestamp: (value) => `timestamp(${quoted(formatTimestamp(value))})`,
};

function formatLiteral(value: Value): Formatted {
  const kind = kindOf(value);
  const text = (LITERALS[kind] ?? TEXTS[kind])?.(value);
  return text ?? new CelError(`no formatting function for ${typeNameOf(value)}`);
}

function formatList(list: readonly Value[]): Formatted {
  const texts: string[] = [];
  for (const element of list) {
    const text = formatLiteral(element);
    if (text instanceof CelError) return text;
    texts.push(text);
  }
  return `[${texts.join(', ')}]`;
}

const KEYS: ReadonlySet<Kind> = new Set<Kind>(['string', 'bool', 'int', 'uint']);

/** Entries are in the order of their keys' texts, so 10 comes before 2. */
function formatMap(of: CelMap): Formatted {
  const entries: (readonly [key: string, value: string])[] = [];
  for (const [key, value] of of) {
    if (!KEYS.has(kindOf(key))) return noKey(key);
    const text = formatLiteral(value);
    if (text instanceof CelError) return text;
    entries.push([formatLiteral(key) as string, text]);
  }
  entries.sort(([a], [b]) => compareStrings(a, b));
  return `{${entries.map(([key, value]) => `${key}:${value}`).join(', ')}}`;
}

function noKey(key: Value): CelError {
  return new CelError(`no formatting function for map key of type ${typeNameOf(key)}`);
}

function map(text: Formatted, change: (text: string) => string): Formatted {
  return text instanceof CelError ? text : change(text);
}
