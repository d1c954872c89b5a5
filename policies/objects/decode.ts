// Reads JSON into the Go structs of native kinds, as the API server decodes a request: unknown fields go.
import { Undecodable } from './failures.ts';
import { type Field, fieldsOf, type GoType, type StructName } from './go-types.ts';
import { isObject, mapValues, own } from './json.ts';
import { scalarFrom, ZERO } from './scalars.ts';
import type { Shapes } from './shapes.ts';

/**
 * A Go struct: structs within it are always there, pointers, lists and maps where they were given. A scalar that is
 * no pointer is left out where it is zero, for Go does not tell the two apart.
 */
export type Struct = { [field: string]: unknown };

/** Returns the struct. Throws Undecodable where a value does not fit its field; `path` says in the error where it is. */
export function decode<T extends StructName>(struct: T, json: unknown, path = ''): ShapeOf<T> {
  return readStruct(struct, json, path) as ShapeOf<T>;
}

export type ShapeOf<T extends StructName> = T extends keyof Shapes ? Shapes[T] : Struct;

function readStruct(struct: StructName, json: unknown, path: string): Struct {
  if (!isObject(json) && json !== undefined && json !== null) throw misfit(path, 'an object');
  const decoded: Struct = {};
  for (const field of fieldsOf(struct)) {
    const value = readField(field, json ? own(json, field.name) : undefined, path);
    if (value !== undefined) decoded[field.name] = value;
  }
  return decoded;
}

function readField({ name, type }: Field, json: unknown, path: string): unknown {
  const value = read(type, json, path === '' ? name : `${path}.${name}`);
  return type.kind === 'scalar' && value === ZERO[type.name] ? undefined : value;
}

/** Returns undefined for what was not given. */
function read(type: GoType, json: unknown, path: string): unknown {
  if (type.kind === 'struct') return readStruct(type.name, json, path);
  if (json === undefined || json === null) return undefined;
  if (type.kind === 'pointer') return read(type.to, json, path);
  if (type.kind === 'slice') return readSlice(type.of, json, path);
  if (type.kind === 'map') return readMap(type.of, json, path);
  const value = scalarFrom(type.name, json);
  if (value === undefined) throw misfit(path, ARTICLE[type.name] ?? `a ${type.name}`);
  return value;
}

function readSlice(of: GoType, json: unknown, path: string): unknown[] {
  if (!Array.isArray(json)) throw misfit(path, 'a list');
  return json.map((item, at) => readItem(of, item, `${path}[${at}]`));
}

function readMap(of: GoType, json: unknown, path: string): Struct {
  if (!isObject(json)) throw misfit(path, 'an object');
  return mapValues(json, (value, key) => readItem(of, value, `${path}.${key}`));
}

/** A null in a list or map is the zero value. */
function readItem(type: GoType, json: unknown, path: string): unknown {
  return read(type, json, path) ?? (type.kind === 'scalar' ? ZERO[type.name] : null);
}

const ARTICLE: Partial<Record<string, string>> = {
  int32: 'an int32',
  int64: 'an int64',
  bytes: 'base64',
  Quantity: 'a quantity',
  IntOrString: 'an int or string',
};

function misfit(path: string, wanted: string): Undecodable {
  return new Undecodable(`${path || 'the object'} must be ${wanted}`);
}
