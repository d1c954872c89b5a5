// Custom resources as admission sees them: pruned, defaulted, and prepared for storage.
import { decode } from './decode.ts';
import { Undecodable } from './failures.ts';
import { equalJson, isObject, type JsonObject, mapValues } from './json.ts';
import {
  metadataInStorage,
  metadataOnCreate,
  metadataOnUpdate,
  nextGeneration,
} from './metadata.ts';
import type { ObjectMeta } from './shapes.ts';
import { dropNulls, fieldSchema, prune, type Structural, setSchemaDefaults } from './structural.ts';
import { Undetermined } from './undetermined.ts';
import { view } from './view.ts';

/** One version of a custom resource, as its CustomResourceDefinition declares it. */
export interface CustomResource {
  readonly scope: 'Namespaced' | 'Cluster';
  readonly schema: { readonly openAPIV3Schema: Structural };
  readonly subresources?: { readonly status?: object };
}

/** A request in a namespace; undefined where the kind has none. */
export interface CustomRequest {
  readonly resource: CustomResource;
  readonly namespace: string | undefined;
}

interface Decoded {
  readonly meta: ObjectMeta;
  /** All but metadata. */
  readonly rest: JsonObject;
}

/** Returns a new object as policies see it. */
export function createdCustom(request: CustomRequest, object: JsonObject): JsonObject {
  return show(created(request, object));
}

/** Returns both objects of an update as policies see them. */
export function updatedCustom(
  request: CustomRequest,
  object: JsonObject,
  oldObject: JsonObject,
): { readonly object: JsonObject; readonly oldObject: JsonObject } {
  const old = stored(request, oldObject);
  const { meta, rest: given } = decoded(request, object);
  metadataOnUpdate(meta, old.meta, request.namespace);
  const rest = hasStatus(request) ? withStatusOf(old.rest, given) : given;
  if (!equalJson(rest, old.rest)) meta.generation = nextGeneration(old.meta.generation);
  return { object: show({ meta, rest }), oldObject: show(old) };
}

function created(request: CustomRequest, object: JsonObject): Decoded {
  const { meta, rest: given } = decoded(request, object);
  const rest = hasStatus(request) ? withStatusOf({}, given) : given;
  const { apiVersion: _, kind: __, ...content } = rest;
  const hasContent = Object.keys(content).length > 0;
  metadataOnCreate(meta, { namespace: request.namespace, hasContent });
  meta.generation = 1;
  return { meta, rest };
}

/** What comes from a cluster has a uid. What comes from a file is stored as if it had been created so. */
function stored(request: CustomRequest, object: JsonObject): Decoded {
  const live = decoded(request, object);
  live.meta.generation ??= 1;
  if (live.meta.uid !== undefined) return live;
  const made = created(request, object);
  metadataInStorage(made.meta);
  const rest = withDefaults(request, made.rest);
  return { meta: made.meta, rest: hasStatus(request) ? withUnknownStatus(rest) : rest };
}

/** Nobody knows of an object in a file whether a controller has written its status. */
function withUnknownStatus(rest: JsonObject): JsonObject {
  return { ...rest, status: new Undetermined(rest.status ?? {}) };
}

function hasStatus({ resource }: CustomRequest): boolean {
  return resource.subresources?.status !== undefined;
}

/** Returns the object with the status of another, or none where that has none. */
function withStatusOf(old: JsonObject, { status: _, ...rest }: JsonObject): JsonObject {
  return Object.hasOwn(old, 'status') ? { ...rest, status: old.status } : rest;
}

function decoded(request: CustomRequest, object: JsonObject): Decoded {
  const schema = request.resource.schema.openAPIV3Schema;
  const { metadata, ...rest } = object;
  const kept = dropNulls(prune(rest, schema), schema) as JsonObject;
  const coerced = coerce(kept, schema, '') as JsonObject;
  return { meta: decode('ObjectMeta', metadata, 'metadata'), rest: withDefaults(request, coerced) };
}

function withDefaults({ resource }: CustomRequest, rest: JsonObject): JsonObject {
  return setSchemaDefaults(rest, resource.schema.openAPIV3Schema) as JsonObject;
}

/** Returns the value with type and metadata of the resources in it read as those of any object are. */
function coerce(value: unknown, schema: Structural | undefined, path: string): unknown {
  if (schema === undefined) return value;
  if (Array.isArray(value)) {
    return value.map((item, at) => coerce(item, schema.items, `${path}[${at}]`));
  }
  if (!isObject(value)) return value;
  return mapValues(value, (field, key) => {
    const at = path === '' ? key : `${path}.${key}`;
    const embedded = schema['x-kubernetes-embedded-resource'] === true;
    return coerce(embedded ? typed(field, key, at) : field, fieldSchema(schema, key), at);
  });
}

function typed(field: unknown, key: string, path: string): unknown {
  if (key === 'metadata') return view('ObjectMeta', decode('ObjectMeta', field, path) as never);
  if ((key === 'apiVersion' || key === 'kind') && typeof field !== 'string') {
    throw new Undecodable(`${path} must be a string`);
  }
  return field;
}

function show({ meta, rest }: Decoded): JsonObject {
  return { ...rest, metadata: view('ObjectMeta', meta as never) };
}
