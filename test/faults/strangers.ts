// Other people in the namespace: what they have there from the beginning, and what they put in the way of a write.
import { setTimeout as sleep } from 'node:timers/promises';
import { despiteConflicts } from '../../gitops/attempts.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { CONFIG_MAP, INGRESS, type Kind, SERVICE } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';
import type { Entry, Fields } from './journal.ts';
import { KINDS } from './state.ts';

/** Returns objects of names that WebApps have, too; one even carries our label. */
export function foreignObjects(namespace: string): { of: Kind; object: KubeObject }[] {
  const metadata = { namespace, annotations: { 'example.org/note': 'not yours' } };
  const backend = { service: { name: 'other', port: { number: 80 } } };
  const labels = { 'app.kubernetes.io/managed-by': 'webapp-operator' };
  const make = ({ apiVersion, kind }: Kind, name: string, content: object): KubeObject => ({
    ...{ apiVersion, kind, metadata: { ...metadata, name } },
    ...content,
  });
  const ours = {
    metadata: { ...metadata, name: 'gamma', labels },
    spec: { ports: [{ port: 80 }] },
  };
  return [
    { of: CONFIG_MAP, object: make(CONFIG_MAP, 'alpha', { data: {} }) },
    { of: INGRESS, object: make(INGRESS, 'alpha', { spec: { defaultBackend: backend } }) },
    { of: SERVICE, object: make(SERVICE, 'gamma', ours) },
  ];
}

/** Puts strangers' objects where a write is about to go, and takes them away again. */
export class Strangers {
  readonly #cluster: Cluster;
  readonly #made: { readonly of: Kind; readonly object: KubeObject }[] = [];

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Deletes the object of a write and makes another one of its name, which is nobody's. */
  async replace({ resource, name, namespace }: Entry): Promise<void> {
    const of = KINDS.find(({ plural }) => plural === resource);
    if (of === undefined) return;
    const live: Fields = await this.#cluster.get(of, { namespace, name });
    await this.#remove(of, { namespace, name });
    const { clusterIP: _ip, clusterIPs: _ips, ...spec } = live.spec;
    const metadata = { name, namespace, annotations: { 'example.org/whose': 'a stranger' } };
    const { apiVersion, kind } = of;
    const object = await this.#cluster.create(of, { apiVersion, kind, metadata, spec });
    this.#made.push({ of, object });
  }

  /** Takes them away, and returns those that were not as they had been made. */
  async remove(): Promise<KubeObject[]> {
    const changed: KubeObject[] = [];
    for (const { of, object } of this.#made.splice(0)) {
      const { name, namespace = '' } = object.metadata;
      const live = await this.#cluster.get(of, { namespace, name });
      if (live === undefined || contentOf(live) !== contentOf(object)) changed.push(object);
      await this.#remove(of, { namespace, name });
    }
    return changed;
  }

  async #remove(of: Kind, key: ObjectKey): Promise<void> {
    await despiteConflicts(async () => {
      const live = await this.#cluster.get(of, key);
      if (live) await this.#cluster.delete(of, live);
    });
    while (await this.#cluster.get(of, key)) await sleep(10);
  }
}

/** Kubernetes counts the versions of a Deployment on it. */
function contentOf({ metadata, spec }: KubeObject): string {
  const { uid, labels, annotations, ownerReferences } = metadata;
  const { 'deployment.kubernetes.io/revision': _, ...own } = annotations ?? {};
  return JSON.stringify([uid, labels, own, ownerReferences, spec]);
}
