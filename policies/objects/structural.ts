// What a CustomResourceDefinition's schema does to objects as they are decoded: pruning, dropping nulls, defaults.
import { isObject, type JsonObject, mapValues, own } from './json.ts';

/** A structural schema: `openAPIV3Schema` of a version of a CustomResourceDefinition. Only what acts is named. */
export interface Structural {
  readonly properties?: Readonly<Record<string, Structural>>;
  readonly additionalProperties?: boolean | Structural;
  readonly items?: Structural;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
}

const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Returns the object without the fields that its schema does not have; type and metadata of the root stay. */
export function prune(object: JsonObject, schema: Structural): JsonObject {
  return pruned(object, { ...schema, 'x-kubernetes-embedded-resource': true }) as JsonObject;
}

function pruned(value: unknown, schema: Structural | undefined): unknown {
  const preserves = schema?.['x-kubernetes-preserve-unknown-fields'] === true;
  if (Array.isArray(value)) return value.map((item) => prunedItem(item, schema));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, field]): [string, unknown][] => {
    if (schema?.['x-kubernetes-embedded-resource'] && META_FIELDS.has(key)) return [[key, field]];
    if (hasField(schema, key)) return [[key, pruned(field, fieldSchema(schema, key))]];
    return preserves ? [[key, field]] : [];
  });
  return Object.fromEntries(entries);
}

/** An unknown object within a list that preserves unknown fields is one of them. */
function prunedItem(item: unknown, schema: Structural | undefined): unknown {
  if (!schema?.['x-kubernetes-preserve-unknown-fields']) return pruned(item, schema?.items);
  return schema.items ? pruned(item, preserving(schema.items)) : item;
}

function preserving(schema: Structural): Structural {
  return { ...schema, 'x-kubernetes-preserve-unknown-fields': true };
}

function hasField(schema: Structural | undefined, key: string): boolean {
  return own(schema?.properties, key) !== undefined || schema?.additionalProperties !== undefined;
}

/** Returns the schema of a field: of the property, or else of additional ones. */
export function fieldSchema(schema: Structural | undefined, key: string): Structural | undefined {
  const additional = schema?.additionalProperties;
  return own(schema?.properties, key) ?? (typeof additional === 'object' ? additional : undefined);
}

/** Returns the value without the nulls that its schema neither allows nor replaces. Those in lists stay. */
export function dropNulls(value: unknown, schema: Structural | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => dropNulls(item, schema?.items));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, field]) => {
    const ofField = fieldSchema(schema, key);
    return !(isForbiddenNull(field, ofField) && !hasDefault(ofField));
  });
  return Object.fromEntries(
    kept.map(([key, field]) => [key, dropNulls(field, fieldSchema(schema, key))]),
  );
}

/** Returns the value with the defaults of its schema where fields are missing, or null and may not be. */
export function setSchemaDefaults(value: unknown, schema: Structural | undefined): unknown {
  if (schema === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => defaulted(item, schema.items));
  if (!isObject(value)) return value;
  const missing = Object.entries(schema.properties ?? {}).filter(
    ([key, property]) => hasDefault(property) && !Object.hasOwn(value, key),
  );
  return {
    ...mapValues(value, (field, key) => defaulted(field, fieldSchema(schema, key))),
    ...Object.fromEntries(
      missing.map(([key, property]) => [key, setSchemaDefaults(property.default, property)]),
    ),
  };
}

function defaulted(value: unknown, schema: Structural | undefined): unknown {
  const replaced = isForbiddenNull(value, schema) ? (schema?.default ?? null) : value;
  return setSchemaDefaults(replaced, schema);
}

function isForbiddenNull(value: unknown, schema: Structural | undefined): boolean {
  return value === null && schema !== undefined && schema.nullable !== true;
}

function hasDefault(schema: Structural | undefined): boolean {
  return schema?.default !== undefined && schema.default !== null;
}
