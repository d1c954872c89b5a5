// Policies in a cluster, as its admins put them there.
import { loadAll } from 'js-yaml';
import { ApiError } from '../../gitops/api-error.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { type Kind, POLICY, POLICY_BINDING, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';
import { SOURCE_MANAGER } from '../../gitops/webapp.ts';
import type { Bench } from '../cluster/bench.ts';
import { eventually } from '../cluster/eventually.ts';
import { withMethods } from './counting-cluster.ts';
import { type PolicyText, policyFile } from './policy-files.ts';

/** Returns a name that no other test gives a policy: policies have no namespace. */
export function policyName(): string {
  return `p-${crypto.randomUUID()}`;
}

/** Puts a policy for one namespace into the cluster. */
export async function putPolicy(
  { admin }: Bench,
  namespace: string,
  policy: PolicyText,
): Promise<void> {
  const objects = loadAll(policyFile({ ...policy, namespace })) as KubeObject[];
  for (const object of objects) {
    const of = object.kind === POLICY.kind ? POLICY : POLICY_BINDING;
    const live = await admin.get(of, { namespace: '', name: object.metadata.name });
    await admin.apply(of, object, { manager: 'kubectl', live });
  }
}

/** Takes a policy and its binding out of the cluster. */
export async function dropPolicy({ admin }: Bench, name: string): Promise<void> {
  for (const kind of [POLICY_BINDING, POLICY]) {
    const live = await admin.get(kind, { namespace: '', name });
    if (live) await admin.delete(kind, live);
  }
}

/** Returns once the API server denies to create the object; the fake judges nothing. */
export async function enforced(bench: Bench, of: Kind, object: KubeObject): Promise<void> {
  if (bench.name === 'fake') return;
  await eventually(`the API server denies ${of.kind} ${object.metadata.name}`, () =>
    isDenied(bench, of, object),
  );
}

/** Returns once the API server denies to delete the WebApp; until then it is made again as it was. */
export async function isKept({ name, admin }: Bench, key: ObjectKey): Promise<void> {
  if (name === 'fake') return;
  const { apiVersion, kind, metadata, spec } = (await admin.get(WEBAPP, key)) as KubeObject;
  const { labels, annotations } = metadata;
  const again = { apiVersion, kind, metadata: { ...key, labels, annotations }, spec } as KubeObject;
  await eventually(`the API server keeps WebApp ${key.name}`, async () => {
    const live = await admin.get(WEBAPP, key);
    try {
      if (live) await admin.delete(WEBAPP, live);
    } catch (error) {
      return String(error).includes('denied request');
    }
    await admin.apply(WEBAPP, again, { manager: SOURCE_MANAGER, live: undefined });
    return false;
  });
}

/** Returns whether the API server denies the admin to create the object; nothing is created. */
export async function isDenied(
  { admin }: Bench,
  of: Kind,
  object: KubeObject,
): Promise<string | false> {
  try {
    await admin.apply(of, object, { manager: 'kubectl', live: undefined, dryRun: true });
    return false;
  } catch (error) {
    const text = String((error as Error).message);
    if (error instanceof ApiError && text.includes('denied request')) return text;
    throw error;
  }
}

/** What an API server says of a denial. */
function denial(of: Kind, name: string, { name: policy, message }: PolicyText): ApiError {
  const text = `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${message}`;
  return new ApiError(`PATCH /${of.plural}/${name}`, 422, {
    reason: 'Invalid',
    message: `${of.plural} "${name}" is forbidden: ${text}`,
    details: { causes: [{ message: text }] },
  });
}

/** Lets the fake deny to write what a policy is for, as the real one does by itself. */
export function denying({ name }: Bench, cluster: Cluster, policy: PolicyText): Cluster {
  if (name === 'real') return cluster;
  return withMethods(cluster, {
    apply: async (of, desired, options) => {
      if (of === (policy.of ?? WEBAPP)) throw denial(of, desired.metadata.name, policy);
      return cluster.apply(of, desired, options);
    },
  });
}

/** Lets the fake deny to delete the WebApp b. */
export function keeping({ name }: Bench, cluster: Cluster, policy: PolicyText): Cluster {
  if (name === 'real') return cluster;
  return withMethods(cluster, {
    delete: async (of, live, options) => {
      if (of === WEBAPP && live.metadata.name === 'b') throw denial(of, 'b', policy);
      return cluster.delete(of, live, options);
    },
  });
}

/** A cluster that does not show its policies to us. */
export function unreadable(cluster: Cluster): Cluster {
  return withMethods(cluster, {
    list: async (of, options) => {
      if (of === POLICY) throw new ApiError('GET', 403, { reason: 'Forbidden' });
      return cluster.list(of, options);
    },
  });
}

/** A cluster whose policy of that name seems to allow everything, as if we judged wrongly. */
export function misread(cluster: Cluster, name: string): Cluster {
  return withMethods(cluster, {
    list: async (of, options) => {
      const page = await cluster.list(of, options);
      if (of !== POLICY) return page;
      const items = page.items.map((item) =>
        item.metadata.name === name
          ? { ...item, spec: { ...(item.spec as object), validations: [{ expression: 'true' }] } }
          : item,
      );
      return { ...page, items };
    },
  });
}
