// Kubernetes objects as JSON has them. The generated models of the client drop fields they do not know,
// so objects are kept untyped but for what is used here.

/** Metadata as the API server sends it; times are RFC 3339 strings. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFields[];
}

/** An owner; garbage collection deletes the object after its owners are gone. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Which fields one manager owns (structured-merge-diff's FieldsV1). */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: 'Apply' | 'Update';
  readonly subresource?: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly fieldsV1?: FieldSet;
}

/** A node of FieldsV1: members by `f:name`, `k:{keys}`, `v:value`, `i:index`, or `.` for the node itself. */
export interface FieldSet {
  readonly [member: string]: FieldSet;
}

/** Any object of the API. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** A condition as metav1 defines it. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly observedGeneration?: number;
  readonly lastTransitionTime: string;
  readonly reason: string;
  readonly message: string;
}

/** The two words that name an object of a known kind. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** Returns what somebody wrote of an object: without its status, and without what the API server adds at each write. */
export function writtenPart({ metadata, ...content }: KubeObject): object {
  const { name, namespace, labels, annotations } = metadata;
  const { status: _status, ...rest } = content as { status?: unknown };
  return { ...rest, metadata: { name, namespace, labels, annotations } };
}

/** Returns the owner that controls the object, if one does. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller);
}

/** Returns what `manager` applied to the object by server-side apply, subresources left out. */
export function appliedFields(object: KubeObject, manager: string): FieldSet | undefined {
  return object.metadata.managedFields?.find(
    (entry) => isApplyOf(entry, manager) && !entry.subresource,
  )?.fieldsV1;
}

/** Returns whether `manager` wrote the field, by an apply or otherwise; the path is one of FieldsV1, such as f:metadata. */
export function hasWritten(
  { metadata: { managedFields = [] } }: KubeObject,
  manager: string,
  path: readonly string[],
): boolean {
  return managedFields.some(
    (entry) =>
      entry.manager === manager &&
      path.reduce<FieldSet | undefined>((set, member) => set?.[member], entry.fieldsV1),
  );
}

/** Returns whether the entry is of what the manager of that name applied by server-side apply. */
export function isApplyOf({ manager, operation }: ManagedFields, name: string): boolean {
  return manager === name && operation === 'Apply';
}
