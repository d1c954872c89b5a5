import { type Implementation, type Overload, overload } from '../../library.ts';
import { formatDuration, parseDuration } from '../../values/duration.ts';
import { formatDouble } from '../../values/format-double.ts';
import { parseBool, parseDouble, parseInt64, parseUint64 } from '../../values/number-syntax.ts';
import { checkedInt, checkedUint, doubleToInt, doubleToUint } from '../../values/numbers.ts';
import { decodeUtf8, encodeUtf8 } from '../../values/text.ts';
import {
  formatTimestamp,
  parseTimestamp,
  timestampOf,
  unixSeconds,
} from '../../values/timestamp.ts';
import { valueTypeOf } from '../../values/value-type.ts';
import {
  Bytes,
  CelError,
  type Duration,
  TypeValue,
  Uint,
  type Value,
} from '../../values/values.ts';
import { dispatchedBy } from '../dispatch.ts';
import { conversionCost, withSoleCost } from '../standard-costs.ts';

const DURATION = 'google.protobuf.Duration';
const TIMESTAMP = 'google.protobuf.Timestamp';

const same = (value: Value): Value => value;

/** Reads a text, with cel-go's error for one that cannot be read. */
function fromString(type: string, parse: (text: string) => Value | undefined): Implementation {
  const failure = new CelError(`type conversion error from 'string' to '${type}'`);
  return (text: string) => parse(text) ?? failure;
}

const toInt = [
  overload('int64_to_int64', 'int(int) -> int', same),
  overload('double_to_int64', 'int(double) -> int', doubleToInt),
  overload('duration_to_int64', `int(${DURATION}) -> int`, ({ nanos }: Duration) => nanos),
  overload('string_to_int64', 'int(string) -> int', fromString('int', parseInt64)),
  overload('timestamp_to_int64', `int(${TIMESTAMP}) -> int`, unixSeconds),
  overload('uint64_to_int64', 'int(uint) -> int', ({ value }: Uint) => checkedInt(value)),
];

function parseUint(text: string): Uint | undefined {
  const value = parseUint64(text);
  return value === undefined ? undefined : new Uint(value);
}

const toUint = [
  overload('uint64_to_uint64', 'uint(uint) -> uint', same),
  overload('double_to_uint64', 'uint(double) -> uint', doubleToUint),
  overload('int64_to_uint64', 'uint(int) -> uint', checkedUint),
  overload('string_to_uint64', 'uint(string) -> uint', fromString('uint', parseUint)),
];

const toDouble = [
  overload('double_to_double', 'double(double) -> double', same),
  overload('int64_to_double', 'double(int) -> double', (value: bigint) => Number(value)),
  overload('string_to_double', 'double(string) -> double', fromString('double', parseDouble)),
  overload('uint64_to_double', 'double(uint) -> double', ({ value }: Uint) => Number(value)),
];

const notUtf8 = new CelError('invalid UTF-8 in bytes, cannot convert to string');

const toText = [
  overload('string_to_string', 'string(string) -> string', same),
  overload('bool_to_string', 'string(bool) -> string', String),
  ...withSoleCost(conversionCost, [
    overload(
      'bytes_to_string',
      'string(bytes) -> string',
      ({ data }: Bytes) => decodeUtf8(data) ?? notUtf8,
    ),
  ]),
  overload('double_to_string', 'string(double) -> string', formatDouble),
  overload('duration_to_string', `string(${DURATION}) -> string`, formatDuration),
  overload('int64_to_string', 'string(int) -> string', String),
  overload('timestamp_to_string', `string(${TIMESTAMP}) -> string`, formatTimestamp),
  overload('uint64_to_string', 'string(uint) -> string', ({ value }: Uint) => String(value)),
];

const toBytes = [
  overload('bytes_to_bytes', 'bytes(bytes) -> bytes', same),
  ...withSoleCost(conversionCost, [
    overload(
      'string_to_bytes',
      'bytes(string) -> bytes',
      (text: string) => new Bytes(encodeUtf8(text)),
    ),
  ]),
];

const toBool = [
  overload('bool_to_bool', 'bool(bool) -> bool', same),
  overload('string_to_bool', 'bool(string) -> bool', fromString('bool', parseBool)),
];

const toTimestamp = [
  overload('timestamp_to_timestamp', `timestamp(${TIMESTAMP}) -> ${TIMESTAMP}`, same),
  overload('int64_to_timestamp', `timestamp(int) -> ${TIMESTAMP}`, (seconds: bigint) =>
    timestampOf(seconds),
  ),
  overload(
    'string_to_timestamp',
    `timestamp(string) -> ${TIMESTAMP}`,
    fromString(TIMESTAMP, parseTimestamp),
  ),
];

const toDuration = [
  overload('duration_to_duration', `duration(${DURATION}) -> ${DURATION}`, same),
  overload(
    'string_to_duration',
    `duration(string) -> ${DURATION}`,
    fromString(DURATION, parseDuration),
  ),
];

const typeOfValue = (value: Value): TypeValue => new TypeValue(valueTypeOf(value));

export const conversions: readonly Overload[] = [
  ...dispatchedBy(typeOfValue, [overload('type', 'type(<A>) -> type(<A>)', typeOfValue)]),
  ...dispatchedBy(same, [overload('to_dyn', 'dyn(<A>) -> dyn', same)]),
  ...toInt,
  ...toUint,
  ...toDouble,
  ...toText,
  ...toBytes,
  ...toBool,
  ...toTimestamp,
  ...toDuration,
];
