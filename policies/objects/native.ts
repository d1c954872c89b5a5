// Objects of Kubernetes itself as admission sees them: decoded, defaulted, and prepared for storage.
import { decode } from './decode.ts';
import { setDefaults } from './defaults.ts';
import { equalStructs } from './equal.ts';
import type { JsonObject } from './json.ts';
import { metadataInStorage, metadataOnCreate, metadataOnUpdate } from './metadata.ts';
import { fieldStruct, type NativeKind } from './native-kinds.ts';
import type { NativeObject } from './shapes.ts';
import { Undetermined } from './undetermined.ts';
import { view } from './view.ts';

type Native = NativeObject & { status?: object };

/** A request in a namespace; undefined where the kind has none. */
export interface NativeRequest {
  readonly kind: NativeKind;
  readonly namespace: string | undefined;
}

/** Returns a new object as policies see it. */
export function createdNative(request: NativeRequest, object: JsonObject): JsonObject {
  return view(request.kind.struct, created(request, object) as object as JsonObject);
}

/** Returns both objects of an update as policies see them. */
export function updatedNative(
  request: NativeRequest,
  object: JsonObject,
  oldObject: JsonObject,
): { readonly object: JsonObject; readonly oldObject: JsonObject } {
  const { kind, namespace } = request;
  const old = stored(request, oldObject);
  const updated = read(kind, object);
  metadataOnUpdate(updated.metadata, old.metadata, namespace);
  kind.prepareForUpdate(updated as never, old as never);
  return { object: show(kind, updated), oldObject: show(kind, old) };
}

function created({ kind, namespace }: NativeRequest, object: JsonObject): Native {
  const native = read(kind, object);
  metadataOnCreate(native.metadata, { namespace, hasContent: hasContent(kind, native) });
  kind.prepareForCreate(native as never);
  return native;
}

function hasContent({ struct }: NativeKind, native: Native): boolean {
  const { kind, apiVersion, metadata, status } = native;
  const empty = { ...decode(struct, undefined), kind, apiVersion, metadata, status };
  return !equalStructs(struct, native, empty);
}

/** What comes from a cluster has a uid. What comes from a file is stored as if it had been created so. */
function stored(request: NativeRequest, object: JsonObject): Native {
  const { kind } = request;
  const native = read(kind, object);
  if (native.metadata.uid !== undefined) return native;
  const made = created(request, object);
  metadataInStorage(made.metadata);
  if (made.status) made.status = someStatus(kind, made.status);
  return made;
}

function someStatus({ struct }: NativeKind, status: object): Undetermined {
  return new Undetermined(view(fieldStruct(struct, 'status'), status as never));
}

function read({ struct }: NativeKind, object: JsonObject): Native {
  const native = decode(struct, object) as object as Native;
  setDefaults(struct, native as never);
  return native;
}

function show({ struct }: NativeKind, native: Native): JsonObject {
  return view(struct, native as never);
}
