import { formatDuration } from './duration.ts';
import { formatTimestamp } from './timestamp.ts';
import { typeNameOf } from './value-type.ts';
import {
  Bytes,
  CelError,
  CelMap,
  Duration,
  type Key,
  Timestamp,
  Uint,
  type Value,
} from './values.ts';

/** Returns a value as JSON has it: all numbers are doubles, and what JSON has not is a string. */
export function toJsonValue(value: Value): Value {
  if (typeof value === 'bigint') return toNumber(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return firstError(value.map(toJsonValue));
  return value instanceof CelMap ? toObject(value) : toScalar(value);
}

/** Integers that a double cannot hold become strings. */
function toNumber(value: bigint): Value {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function firstError(list: readonly Value[]): Value {
  return list.find((each) => each instanceof CelError) ?? list;
}

function toObject(map: CelMap): Value {
  const entries: [Key, Value][] = [];
  for (const [key, value] of map) {
    const json = toJsonValue(value);
    if (json instanceof CelError) return json;
    entries.push([key instanceof Uint ? String(key.value) : String(key), json]);
  }
  return CelMap.of(entries);
}

function toScalar(value: Value): Value {
  if (value instanceof Uint) return toNumber(value.value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Bytes) return toBase64(value);
  return new CelError(`unsupported type conversion from '${typeNameOf(value)}' to JSON`);
}

function toBase64({ data }: Bytes): string {
  return btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(''));
}
