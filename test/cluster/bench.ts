// The two clusters that every suite runs on, and what a person or another controller does on them.
import type { Cluster } from '../../gitops/cluster.ts';
import { Api } from '../../gitops/io/api.ts';
import { ApiCluster } from '../../gitops/io/cluster.ts';
import { Connector } from '../../gitops/io/connection.ts';
import { DEPLOYMENT, type Kind, NAMESPACE, resourcePath } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { FakeCluster } from '../helpers/fake-cluster.ts';
import { eventually } from './eventually.ts';

/** A cluster as the suites see it. */
export interface Bench {
  readonly name: 'fake' | 'real';
  /** With no more rights than the functions have. */
  readonly cluster: Cluster;
  /** With all rights. */
  readonly admin: Cluster;
  /** Makes a namespace of its own for a test. */
  namespace(): Promise<string>;
  /** Merges fields into an object, as a person does with kubectl edit. */
  edit(of: Kind, key: ObjectKey, fields: object): Promise<KubeObject>;
  /** Returns once the pods of a Deployment run. */
  rolledOut(key: ObjectKey): Promise<void>;
}

/** Returns a cluster in memory. */
export function fakeBench(): Bench {
  const cluster = new FakeCluster();
  let count = 0;
  return {
    name: 'fake',
    cluster,
    admin: cluster,
    namespace: async () => {
      const name = `n${count++}`;
      const labels = { 'kubernetes.io/metadata.name': name };
      const { apiVersion, kind } = NAMESPACE;
      await cluster.create(NAMESPACE, { apiVersion, kind, metadata: { name, labels } });
      return name;
    },
    edit: (of, key, fields) => cluster.edit(of, key, fields),
    rolledOut: async (key) => {
      const { metadata, spec } = (await cluster.get(DEPLOYMENT, key)) as KubeObject;
      const { replicas } = spec as { replicas: number };
      const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas };
      const observedGeneration = metadata.generation;
      const status = { ...counts, availableReplicas: replicas, observedGeneration };
      await cluster.setStatus(DEPLOYMENT, key, status);
    },
  };
}

/** Returns the real cluster, seen by the shipped ServiceAccount of the functions. */
export async function realBench(): Promise<Bench> {
  const real = await testCluster();
  const { api, cluster: admin } = real.admin;
  return {
    name: 'real',
    cluster: new ApiCluster(new Api(new Connector(real.functions))),
    admin,
    namespace: () => freshNamespace(real),
    edit: async (of, { namespace, name }, fields) =>
      (await api.json({
        method: 'PATCH',
        path: resourcePath(of, namespace, name),
        query: { fieldManager: 'kubectl-edit' },
        contentType: 'application/merge-patch+json',
        body: fields,
      })) as KubeObject,
    rolledOut: async (key) => {
      await eventually(`the pods of ${key.name} run`, async () => {
        const live = await admin.get(DEPLOYMENT, key);
        if (live === undefined) return false;
        const { metadata, spec, status = {} } = live;
        const wanted = (spec as { replicas?: number } | undefined)?.replicas ?? 1;
        const there = status as Record<string, number | undefined>;
        const counts = ['replicas', 'updatedReplicas', 'availableReplicas', 'readyReplicas'];
        const seen = there.observedGeneration === metadata.generation;
        return seen && counts.every((count) => (there[count] ?? 0) === wanted);
      });
    },
  };
}
