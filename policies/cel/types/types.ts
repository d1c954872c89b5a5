/** A CEL type. `any` and `error` never appear in a declaration. */
export type Type =
  | {
      readonly kind: Primitive;
      /** True of the wrappers of protobuf, e.g. google.protobuf.Int64Value: null may stand for a value. */
      readonly nullable?: true;
    }
  | { readonly kind: 'list'; readonly element: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  /** The type of a type: `type(1)`. */
  | { readonly kind: 'type'; readonly of?: Type }
  /** An opaque type of a library, e.g. kubernetes.Quantity, with its parameters: optional_type(T). */
  | { readonly kind: 'opaque'; readonly name: string; readonly parameters: readonly Type[] }
  /** A type with declared fields, e.g. kubernetes.AdmissionRequest. */
  | { readonly kind: 'object'; readonly name: string }
  /** A variable of a signature, e.g. T in list(T). */
  | { readonly kind: 'parameter'; readonly name: string };

export type Primitive =
  | 'bool'
  | 'bytes'
  | 'double'
  | 'duration'
  | 'dyn'
  | 'error'
  | 'int'
  | 'null'
  | 'string'
  | 'timestamp'
  | 'uint';

/** The fields of object types, by type name and field name; given with the environment. */
export type ObjectTypes = Readonly<Record<string, Readonly<Record<string, Type>>>>;

export const BOOL: Type = { kind: 'bool' };
export const BYTES: Type = { kind: 'bytes' };
export const DOUBLE: Type = { kind: 'double' };
export const DURATION: Type = { kind: 'duration' };
export const DYN: Type = { kind: 'dyn' };
export const ERROR: Type = { kind: 'error' };
export const INT: Type = { kind: 'int' };
export const NULL: Type = { kind: 'null' };
export const STRING: Type = { kind: 'string' };
export const TIMESTAMP: Type = { kind: 'timestamp' };
export const UINT: Type = { kind: 'uint' };

export const listOf = (element: Type): Type => ({ kind: 'list', element });
export const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', key, value });
export const typeOf = (of: Type): Type => ({ kind: 'type', of });
export const opaque = (name: string, ...parameters: Type[]): Type => ({
  kind: 'opaque',
  name,
  parameters,
});
export const optionalOf = (value: Type): Type => opaque('optional_type', value);
export const objectOf = (name: string): Type => ({ kind: 'object', name });
export const parameter = (name: string): Type => ({ kind: 'parameter', name });

/** Names of primitives where they differ from their kind, as cel-go prints them. */
const PRINTED: Partial<Record<Primitive, string>> = {
  duration: 'google.protobuf.Duration',
  timestamp: 'google.protobuf.Timestamp',
  null: 'null_type',
  error: '*error*',
};

/** Returns the type as cel-go prints it: list(int), map(string, dyn), optional_type(T). */
export function formatType(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list(${formatType(type.element)})`;
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case 'type':
      return type.of ? `type(${formatType(type.of)})` : 'type';
    case 'opaque':
      return withParameters(type.name, type.parameters);
    case 'object':
    case 'parameter':
      return type.name;
    default:
      return type.nullable ? `wrapper(${type.kind})` : (PRINTED[type.kind] ?? type.kind);
  }
}

function withParameters(name: string, parameters: readonly Type[]): string {
  return parameters.length ? `${name}(${parameters.map(formatType).join(', ')})` : name;
}
