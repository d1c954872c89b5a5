// What the API server makes of an object's metadata, of native kinds and custom resources alike.
import { equalStructs } from './equal.ts';
import type { JsonObject } from './json.ts';
import type { Int, ObjectMeta } from './shapes.ts';
import { someTime, someUid, Undetermined } from './undetermined.ts';

/** What metadata is set from beside the metadata that was given. */
export interface Origin {
  /** The request's namespace; undefined where the kind has none. */
  readonly namespace: string | undefined;
  /** Whether the object says anything beside its metadata and status. */
  readonly hasContent: boolean;
}

/** Sets what a create request sets. Not followed: a list item without its key field leaves an object without managers. */
export function metadataOnCreate(meta: ObjectMeta, { namespace, hasContent }: Origin): void {
  delete meta.selfLink;
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  delete meta.managedFields;
  setScope(meta, namespace);
  if (hasContent || hasManaged(meta)) meta.managedFields = someManagedFields;
  meta.uid = someUid;
  meta.creationTimestamp = someTime;
  if (meta.generateName !== undefined) meta.name ??= generated(meta.generateName);
}

/** Nobody becomes the manager of these. */
const UNMANAGED = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'generation',
  'resourceVersion',
];

function hasManaged(meta: ObjectMeta): boolean {
  return Object.entries(meta).some(
    ([field, value]) => !UNMANAGED.includes(field) && Object.keys(Object(value)).length > 0,
  );
}

/** No update changes them. */
const KEPT = ['resourceVersion', 'creationTimestamp', 'deletionTimestamp'] as const;

/**
 * Sets what an update sets, on the way to the strategy of the kind. `old` is as it is stored. Somebody is taken to
 * manage fields of it, as after any apply.
 */
export function metadataOnUpdate(
  meta: ObjectMeta,
  old: ObjectMeta,
  namespace: string | undefined,
): void {
  setScope(meta, namespace);
  meta.managedFields = someManagedFields;
  meta.uid ??= old.uid ?? someUid;
  for (const field of KEPT)
    if (old[field] !== undefined) Object.assign(meta, { [field]: old[field] });
  if (old.generation === undefined) delete meta.generation;
  else meta.generation = old.generation;
  if (old.deletionGracePeriodSeconds !== undefined) {
    meta.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds;
  }
}

/** Sets what only storage knows of an object that was read from a file. */
export function metadataInStorage(meta: ObjectMeta): void {
  meta.resourceVersion = new Undetermined('1');
  if (meta.generation !== undefined) meta.generation = new Undetermined(meta.generation);
}

function setScope(meta: ObjectMeta, namespace: string | undefined): void {
  if (namespace === undefined) delete meta.namespace;
  else meta.namespace ??= namespace;
  if (meta.ownerReferences) meta.ownerReferences = distinct(meta.ownerReferences);
}

/** The API server drops repetitions. */
function distinct(owners: readonly JsonObject[]): readonly JsonObject[] {
  return owners.filter(
    (owner, at) => !owners.slice(0, at).some((o) => equalStructs('OwnerReference', o, owner)),
  );
}

/** Returns the generation after a change. */
export function nextGeneration(generation: Int = 0): Int {
  if (generation instanceof Undetermined) {
    return new Undetermined(Number(generation.example) + 1);
  }
  return Number(generation) + 1;
}

const MAX_GENERATED = 58;

/** Returns a name with a random suffix. */
export function generated(base: string): Undetermined {
  return new Undetermined(`${base.slice(0, MAX_GENERATED)}xxxxx`);
}

const someManagedFields = new Undetermined([
  {
    manager: 'kubectl',
    operation: 'Update',
    apiVersion: 'v1',
    time: someTime.example,
    fieldsType: 'FieldsV1',
    fieldsV1: {},
  },
]);
