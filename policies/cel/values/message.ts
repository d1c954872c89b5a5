import { integerOverflow, MAX_INT, MIN_INT, unsignedOverflow } from './numbers.ts';
import { toJsonValue } from './to-json.ts';
import { type Kind, kindOf, typeNameOf } from './value-type.ts';
import { Bytes, CelError, CelMap, Duration, Timestamp, Uint, type Value } from './values.ts';

/** The fields that are set, by name, in the order of the text. */
export type Fields = ReadonlyMap<string, Value>;

/** Takes a value of the right kind into a field. */
type Convert = (value: Value) => Value;

interface Field {
  readonly kind?: Kind;
  /** Go's name of the type. */
  readonly type?: string;
  readonly initial: Value;
  readonly convert?: Convert;
}

const MIN_INT32 = -(2n ** 31n);
const MAX_INT32 = 2n ** 31n - 1n;

const toInt32: Convert = (value) =>
  (value as bigint) < MIN_INT32 || (value as bigint) > MAX_INT32 ? integerOverflow : value;
const toUint32: Convert = (value) =>
  (value as Uint).value > 0xffff_ffffn ? unsignedOverflow : value;

const INT64: Field = { kind: 'int', type: 'int64', initial: 0n };
const INT32: Field = { kind: 'int', type: 'int32', initial: 0n, convert: toInt32 };
const UINT64: Field = { kind: 'uint', type: 'uint64', initial: new Uint(0n) };
const DOUBLE: Field = { kind: 'double', type: 'float64', initial: 0 };
const STRING: Field = { kind: 'string', type: 'string', initial: '' };
const BOOL: Field = { kind: 'bool', type: 'bool', initial: false };
const JSON_MAP: Field = { kind: 'map', initial: CelMap.of([]), convert: toJsonValue };
const JSON_LIST: Field = { kind: 'list', initial: [], convert: toJsonValue };

interface Message {
  readonly fields: Readonly<Record<string, Field>>;
  /** Makes the value that the message stands for. */
  make(fields: Fields): Value;
}

/** A message that stands for the value of its only field. */
function wrapper(name: string, field: Field): Message {
  return { fields: { [name]: field }, make: (fields) => fields.get(name) ?? field.initial };
}

const TIME_FIELDS: Message['fields'] = { seconds: INT64, nanos: INT32 };

function nanosOf(fields: Fields): bigint {
  const [seconds = 0n, nanos = 0n] = [fields.get('seconds'), fields.get('nanos')];
  return (seconds as bigint) * 1_000_000_000n + (nanos as bigint);
}

/** A duration too long for its type is as long as can be. */
function saturate(nanos: bigint): bigint {
  if (nanos > MAX_INT) return MAX_INT;
  return nanos < MIN_INT ? MIN_INT : nanos;
}

/** Of the fields of a JSON value, which exclude each other, the last one counts. */
const jsonValue: Message = {
  fields: {
    bool_value: BOOL,
    list_value: JSON_LIST,
    null_value: { kind: 'int', type: 'int64', initial: null, convert: () => null },
    number_value: DOUBLE,
    string_value: STRING,
    struct_value: JSON_MAP,
  },
  make: (fields) => [...fields.values()].at(-1) ?? null,
};

const MESSAGES: Readonly<Record<string, Message>> = {
  BoolValue: wrapper('value', BOOL),
  BytesValue: wrapper('value', {
    kind: 'bytes',
    type: '[]uint8',
    initial: new Bytes(new Uint8Array()),
  }),
  DoubleValue: wrapper('value', DOUBLE),
  Duration: {
    fields: TIME_FIELDS,
    make: (fields) => new Duration(saturate(nanosOf(fields))),
  },
  FloatValue: wrapper('value', {
    ...DOUBLE,
    type: 'float32',
    convert: (value) => Math.fround(value as number),
  }),
  Int32Value: wrapper('value', INT32),
  Int64Value: wrapper('value', INT64),
  ListValue: wrapper('values', JSON_LIST),
  StringValue: wrapper('value', STRING),
  Struct: wrapper('fields', JSON_MAP),
  Timestamp: { fields: TIME_FIELDS, make: (fields) => new Timestamp(nanosOf(fields)) },
  UInt32Value: wrapper('value', { ...UINT64, type: 'uint32', convert: toUint32 }),
  UInt64Value: wrapper('value', UINT64),
  Value: jsonValue,
};

const PACKAGE = 'google.protobuf.';

/** Makes a message, which CEL sees as the value that it stands for. */
export function makeMessage(typeName: string, given: Fields): Value {
  const message = MESSAGES[typeName.slice(PACKAGE.length)];
  if (!message) return new CelError('unsupported conversion to ref.Val: (*dynamicpb.Message)');
  const fields = new Map<string, Value>();
  for (const [name, value] of given) {
    const converted = convert(message.fields[name] as Field, value);
    if (converted instanceof CelError) return fieldError(`${typeName}.${name}`, converted);
    fields.set(name, converted);
  }
  return message.make(fields);
}

function convert({ kind, type, convert: change }: Field, value: Value): Value {
  if (kindOf(value) !== kind) {
    return new CelError(`unsupported type conversion from '${typeNameOf(value)}' to ${type}`);
  }
  return change ? change(value) : value;
}

function fieldError(field: string, { message }: CelError): CelError {
  return new CelError(`field type conversion error for ${field} value type: ${message}`);
}
