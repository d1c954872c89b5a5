import { ANY } from './type-relations.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  type ObjectTypes,
  objectOf,
  type Primitive,
  STRING,
  TIMESTAMP,
  type Type,
  UINT,
} from './types.ts';

/** Types by the names that are values of an expression: `type(x) == int`. */
export const typeNames: Readonly<Record<string, Type>> = {
  bool: BOOL,
  bytes: BYTES,
  double: DOUBLE,
  'google.protobuf.Duration': DURATION,
  'google.protobuf.Empty': objectOf('google.protobuf.Empty'),
  'google.protobuf.Struct.FieldsEntry': objectOf('google.protobuf.Struct.FieldsEntry'),
  'google.protobuf.Timestamp': TIMESTAMP,
  int: INT,
  list: listOf(DYN),
  map: mapOf(DYN, DYN),
  null_type: NULL,
  string: STRING,
  type: { kind: 'type' },
  uint: UINT,
};

const wrapper = (kind: Primitive): Type => ({ kind, nullable: true });

/**
 * Types of messages that stand for types of CEL. Their names serve to make one, `google.protobuf.Int64Value{value: 1}`,
 * but are no values.
 */
export const messageNames: Readonly<Record<string, Type>> = {
  duration: DURATION,
  timestamp: TIMESTAMP,
  'google.protobuf.Any': ANY,
  'google.protobuf.BoolValue': wrapper('bool'),
  'google.protobuf.BytesValue': wrapper('bytes'),
  'google.protobuf.DoubleValue': wrapper('double'),
  'google.protobuf.FloatValue': wrapper('double'),
  'google.protobuf.Int32Value': wrapper('int'),
  'google.protobuf.Int64Value': wrapper('int'),
  'google.protobuf.ListValue': listOf(DYN),
  'google.protobuf.StringValue': wrapper('string'),
  'google.protobuf.Struct': mapOf(STRING, DYN),
  'google.protobuf.UInt32Value': wrapper('uint'),
  'google.protobuf.UInt64Value': wrapper('uint'),
  'google.protobuf.Value': DYN,
};

/** Members of enums, which are integers. */
export const enumMembers: Readonly<Record<string, bigint>> = {
  'google.protobuf.NullValue.NULL_VALUE': 0n,
};

export const messageFields: ObjectTypes = {
  'google.protobuf.Any': { type_url: STRING, value: BYTES },
  'google.protobuf.BoolValue': { value: BOOL },
  'google.protobuf.BytesValue': { value: BYTES },
  'google.protobuf.DoubleValue': { value: DOUBLE },
  'google.protobuf.Duration': { seconds: INT, nanos: INT },
  'google.protobuf.Empty': {},
  'google.protobuf.Int64Value': { value: INT },
  'google.protobuf.ListValue': { values: listOf(DYN) },
  'google.protobuf.StringValue': { value: STRING },
  'google.protobuf.Struct': { fields: mapOf(STRING, DYN) },
  'google.protobuf.Struct.FieldsEntry': { key: STRING, value: DYN },
  'google.protobuf.Timestamp': { seconds: INT, nanos: INT },
  'google.protobuf.UInt64Value': { value: UINT },
  'google.protobuf.Value': {
    null_value: INT,
    number_value: DOUBLE,
    string_value: STRING,
    bool_value: BOOL,
    struct_value: mapOf(STRING, DYN),
    list_value: listOf(DYN),
  },
};

const WRAPPERS: Partial<Record<Type['kind'], string>> = {
  bool: 'google.protobuf.BoolValue',
  bytes: 'google.protobuf.BytesValue',
  double: 'google.protobuf.DoubleValue',
  int: 'google.protobuf.Int64Value',
  string: 'google.protobuf.StringValue',
  uint: 'google.protobuf.UInt64Value',
};

/** Returns the name of the message whose fields make a value of the type, undefined where no message does. */
export function messageOf(type: Type): string | undefined {
  switch (type.kind) {
    case 'object':
      return type.name;
    case 'dyn':
      return 'google.protobuf.Value';
    case 'duration':
      return 'google.protobuf.Duration';
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    case 'null':
      return 'google.protobuf.NullValue';
    case 'list':
      return type.element.kind === 'dyn' ? 'google.protobuf.ListValue' : undefined;
    case 'map':
      return isJsonObject(type) ? 'google.protobuf.Struct' : undefined;
    default:
      return 'nullable' in type && type.nullable ? WRAPPERS[type.kind] : undefined;
  }
}

function isJsonObject(type: Type & { kind: 'map' }): boolean {
  return type.key.kind === 'string' && type.value.kind === 'dyn';
}
