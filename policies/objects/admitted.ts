// Objects as kube-apiserver 1.37 shows them to a ValidatingAdmissionPolicy, made from what a file says.
import { createdCustom, updatedCustom } from './custom-resource.ts';
import { Undecodable, Unknowable } from './failures.ts';
import { type JsonObject, own } from './json.ts';
import { createdNative, updatedNative } from './native.ts';
import { NATIVE_KINDS } from './native-kinds.ts';
import type { SchemaSource } from './schemas.ts';

/** A request to the API server: to update where there is an old object, else to create. */
export interface WriteRequest {
  /** The whole object: of an apply what merging gives, and what mutating webhooks and policies have made of it. */
  readonly object: JsonObject;
  /** The object as the cluster has it or, without a uid, as another file has it. */
  readonly oldObject?: JsonObject;
  /** The namespace of objects that name none; `default` where left out or empty. */
  readonly namespace?: string;
  readonly schemas: SchemaSource;
}

/** What policies see. What only the API server knows is in it as Undetermined. */
export type Admitted =
  | { readonly kind: 'admitted'; readonly object: JsonObject; readonly oldObject?: JsonObject }
  /** The request would fail before any policy is asked. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It is not known what the API server makes of `what`. */
  | { readonly kind: 'unknown'; readonly what: string };

/**
 * Returns the objects of a request as CEL sees them: decoded, pruned and defaulted. Not checked is what the API server
 * validates. The cluster is taken to have no LimitRanges, default classes, or ServiceAccounts that say more than a name.
 */
export function admittedObject(request: WriteRequest): Admitted {
  try {
    return { kind: 'admitted', ...admitted(request) };
  } catch (error) {
    if (error instanceof Undecodable) return { kind: 'refused', reason: error.message };
    if (error instanceof Unknowable) return { kind: 'unknown', what: error.message };
    throw error;
  }
}

function admitted(request: WriteRequest): { object: JsonObject; oldObject?: JsonObject } {
  const { object, oldObject, schemas } = request;
  const [apiVersion, name] = [String(object.apiVersion), String(object.kind)];
  const kind = own(NATIVE_KINDS, `${apiVersion} ${name}`);
  if (kind) {
    const native = { kind, namespace: namespaceIn(kind.scope, request) };
    return oldObject
      ? updatedNative(native, object, oldObject)
      : { object: createdNative(native, object) };
  }
  const resource = schemas(apiVersion, name);
  if (!resource) throw new Unknowable(`${apiVersion} ${name}`);
  const custom = { resource, namespace: namespaceIn(resource.scope, request) };
  return oldObject
    ? updatedCustom(custom, object, oldObject)
    : { object: createdCustom(custom, object) };
}

function namespaceIn(scope: 'Namespaced' | 'Cluster', { namespace }: WriteRequest) {
  return scope === 'Namespaced' ? namespace || 'default' : undefined;
}
