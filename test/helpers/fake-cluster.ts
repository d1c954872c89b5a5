// A cluster in memory that keeps the promises of gitops/cluster.ts. test/cluster runs one suite on it and on the real one.
import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../../gitops/api-error.ts';
import type {
  ApplyOptions,
  Cluster,
  DeleteOptions,
  ListOptions,
  Page,
  Patch,
} from '../../gitops/cluster.ts';
import { type Kind, resourcePath } from '../../gitops/kinds.ts';
import type { KubeObject, ManagedFields, ObjectKey, ObjectMeta } from '../../gitops/objects.ts';
import { OPERATOR } from '../../gitops/webapp.ts';
import { abandoned, appliedBefore, leavesOf, merge, ownersAfter, without } from './fake-fields.ts';
import {
  conflict,
  notFound,
  pathOf,
  refusal,
  refuseUndeclared,
  requestOf,
} from './fake-refusals.ts';
import { invalid, undeclared, withDefaults } from './fake-schema.ts';
import { contentOf, fresh } from './fake-subresources.ts';

/** One write on its way to the store. */
interface Write {
  readonly of: Kind;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject;
  readonly who: ManagedFields;
  /** Fields applied; those of a plain update are told from the difference. */
  readonly applied?: Set<string>;
  readonly dryRun?: boolean | undefined;
}

export class FakeCluster implements Cluster {
  readonly #objects = new Map<string, KubeObject>();
  #version = 1;

  async get(of: Kind, key: ObjectKey): Promise<KubeObject | undefined> {
    return structuredClone(this.#find(of, key));
  }

  async list(of: Kind, { namespace, labelSelector, limit, next }: ListOptions = {}): Promise<Page> {
    const scope = `${resourcePath(of, namespace)}${namespace ? '/' : ''}`;
    const wanted = (labelSelector ?? '').split(',').filter(Boolean);
    const found = [...this.#objects.entries()]
      .filter(([path, { kind }]) => (namespace ? path.startsWith(scope) : kind === of.kind))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .filter(([, { metadata }]) => {
        return wanted.every((term) => {
          const [label = '', value] = term.split('=');
          return metadata.labels?.[label] === value;
        });
      });
    const start = Number(next ?? 0);
    const end = start + (limit ?? found.length);
    return {
      items: structuredClone(found.slice(start, end).map(([, object]) => object)),
      resourceVersion: String(this.#version),
      ...(end < found.length && { next: String(end) }),
    };
  }

  async apply(of: Kind, desired: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    const { manager, live, dryRun } = options;
    const before = this.#find(of, desired.metadata);
    const request = requestOf('PATCH', of, desired.metadata);
    if (live === undefined && before) throw conflict(request);
    if (live !== undefined && live !== 'any') this.#demand(request, before, live.metadata);
    refuseUndeclared(request, of, desired);
    const who: ManagedFields = { manager, operation: 'Apply' };
    return this.#apply({ of, before, desired, who, dryRun });
  }

  async applyStatus(of: Kind, live: KubeObject, status: object): Promise<KubeObject> {
    const request = requestOf('PATCH', of, live.metadata);
    const before = this.#find(of, live.metadata);
    if (!before) throw notFound(request);
    if (before.metadata.resourceVersion !== live.metadata.resourceVersion) throw conflict(request);
    const desired = { ...before, status };
    refuseUndeclared(request, of, desired);
    const who: ManagedFields = { manager: OPERATOR, operation: 'Apply', subresource: 'status' };
    return this.#apply({ of, before, desired, who });
  }

  async patch(of: Kind, live: KubeObject, { type, fields }: Patch): Promise<KubeObject> {
    const request = requestOf('PATCH', of, live.metadata);
    const before = this.#find(of, live.metadata);
    if (!before) throw notFound(request);
    if (before.metadata.uid !== live.metadata.uid) throw conflict(request);
    this.#demand(request, before, live.metadata);
    return this.#edit({ of, before, fields, keyed: type === 'strategic', manager: OPERATOR });
  }

  async create(of: Kind, object: KubeObject): Promise<KubeObject> {
    const request = requestOf('POST', of, object.metadata);
    if (this.#find(of, object.metadata))
      throw new ApiError(request, 409, { reason: 'AlreadyExists' });
    const who: ManagedFields = { manager: OPERATOR, operation: 'Update' };
    return this.#store({ of, before: undefined, after: fresh(of, object), who });
  }

  async delete(
    of: Kind,
    { metadata }: KubeObject,
    { propagationPolicy }: DeleteOptions = {},
  ): Promise<void> {
    const object = this.#find(of, metadata);
    if (!object) return;
    const { uid = object.metadata.uid, resourceVersion = object.metadata.resourceVersion } =
      metadata;
    const same = uid === object.metadata.uid && resourceVersion === object.metadata.resourceVersion;
    if (!same) throw conflict(requestOf('DELETE', of, metadata));
    if (propagationPolicy === 'Orphan') this.#orphan(object.metadata.uid);
    this.#remove(pathOf(of, metadata));
  }

  /** Takes the owner from all that has it. */
  #orphan(owner: string | undefined): void {
    for (const [path, object] of this.#objects) {
      const { ownerReferences = [], ...metadata } = object.metadata;
      const others = ownerReferences.filter(({ uid }) => uid !== owner);
      if (others.length === ownerReferences.length) continue;
      const resourceVersion = String(++this.#version);
      const kept = others.length > 0 && { ownerReferences: others };
      this.#objects.set(path, { ...object, metadata: { ...metadata, ...kept, resourceVersion } });
    }
  }

  /** It knows no rights. */
  as(): Cluster {
    return this;
  }

  /** Changes fields like a person with kubectl edit: on no condition, under another name. */
  async edit(of: Kind, key: ObjectKey, fields: object): Promise<KubeObject> {
    const before = this.#find(of, key);
    if (!before) throw notFound(requestOf('PATCH', of, key));
    return this.#edit({ of, before, fields, keyed: false, manager: 'kubectl-edit' });
  }

  /** Replaces the status, like the controller of another kind. */
  async setStatus(of: Kind, key: ObjectKey, status: object): Promise<KubeObject> {
    const object = this.#find(of, key);
    if (!object) throw notFound(requestOf('PUT', of, key));
    return this.#put(of, { ...object, status }, {});
  }

  #find(of: Kind, key: ObjectMeta | ObjectKey): KubeObject | undefined {
    return this.#objects.get(pathOf(of, key));
  }

  #demand(request: string, object: KubeObject | undefined, wanted: ObjectMeta): void {
    if (!object || object.metadata.resourceVersion !== wanted.resourceVersion)
      throw conflict(request);
    if (object.metadata.uid === wanted.uid) return;
    throw refusal(request, [{ field: 'metadata.uid', message: 'field is immutable' }]);
  }

  #apply(one: Omit<Write, 'after' | 'applied'> & { desired: KubeObject }): KubeObject {
    const { of, before, desired, who } = one;
    const part = who.subresource as 'status' | undefined;
    const applied = new Set(leavesOf(desired, part).keys());
    const others = before?.metadata.managedFields ?? [];
    const rest = others.filter(({ manager, operation, subresource }) => {
      const own = manager === who.manager && operation === who.operation;
      return !own && subresource === who.subresource;
    });
    const stale = abandoned(appliedBefore(before, who), applied, rest);
    const fields = part ? { status: desired.status } : contentOf(of, desired);
    const merged = merge(before ?? fresh(of, desired), fields, { keyed: true });
    const after = stale.reduce<unknown>(without, merged) as KubeObject;
    return this.#store({ ...one, after, applied });
  }

  #edit(one: { of: Kind; before: KubeObject; fields: object; keyed: boolean; manager: string }) {
    const { of, before, fields, keyed, manager } = one;
    const after = merge(before, contentOf(of, fields as KubeObject), { keyed }) as KubeObject;
    return this.#store({ of, before, after, who: { manager, operation: 'Update' } });
  }

  #store({ of, before, after, who, applied, dryRun }: Write): KubeObject {
    const whole = withDefaults(of, after);
    const causes = [...undeclared(of, whole), ...invalid(of, whole, before)];
    if (causes.length > 0) throw refusal(requestOf('PATCH', of, whole.metadata), causes);
    const part = who.subresource as 'status' | undefined;
    const [was, there] = [before ? leavesOf(before, part) : new Map(), leavesOf(whole, part)];
    const changed = new Set(
      [...there].flatMap(([path, to]) => (was.get(path) === to ? [] : [path])),
    );
    const owned = applied ?? appliedBefore(before, who).union(changed);
    const entries = before?.metadata.managedFields ?? [];
    const managedFields = ownersAfter(entries, who, { owned, taken: changed, there });
    const next: KubeObject = { ...whole, metadata: { ...whole.metadata, managedFields } };
    if (before && isDeepStrictEqual(before, next)) return structuredClone(before);
    if (dryRun) return structuredClone(next);
    const bump = before && !isDeepStrictEqual(before.spec, next.spec) ? 1 : 0;
    const { generation } = next.metadata;
    return this.#put(of, next, generation === undefined ? {} : { generation: generation + bump });
  }

  #put(of: Kind, object: KubeObject, change: Partial<ObjectMeta>): KubeObject {
    const resourceVersion = String(++this.#version);
    const next = { ...object, metadata: { ...object.metadata, ...change, resourceVersion } };
    const path = pathOf(of, next.metadata);
    this.#objects.set(path, structuredClone(next));
    if (next.metadata.deletionTimestamp) this.#remove(path);
    return structuredClone(next);
  }

  /** Removes an object, unless a finalizer holds it, and then, like the garbage collector, what has no owner left. */
  #remove(path: string): void {
    const object = this.#objects.get(path);
    this.#version++;
    if (object && (object.metadata as { finalizers?: string[] }).finalizers?.length) {
      const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
      const deletionTimestamp = new Date().toISOString();
      this.#objects.set(path, { ...object, metadata: { deletionTimestamp, ...metadata } });
      return;
    }
    this.#objects.delete(path);
    const uids = new Set([...this.#objects.values()].map(({ metadata }) => metadata.uid));
    for (const [other, { metadata }] of this.#objects) {
      const owners = metadata.ownerReferences ?? [];
      const orphaned = owners.length > 0 && !owners.some(({ uid }) => uids.has(uid));
      if (orphaned && !metadata.deletionTimestamp) this.#remove(other);
    }
  }
}
