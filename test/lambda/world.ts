import type { Cluster } from '../../gitops/cluster.ts';
import { type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, type TestCluster } from '../helpers/control-plane.ts';

/** The cluster as its administrator sees and changes it. */
export interface World {
  readonly cluster: Cluster;
  /** Makes a WebApp named shop in a namespace of its own. */
  makeWebApp(): Promise<ObjectKey>;
  /** Makes a WebAppSource named fleet in a namespace of its own. */
  makeSource(spec: object): Promise<ObjectKey>;
  read(of: Kind, key: ObjectKey): Promise<KubeObject | undefined>;
  isThere(of: Kind, key: ObjectKey): Promise<boolean>;
}

/** Returns what the cases need of a cluster. */
export function worldOf(of: TestCluster): World {
  const { cluster } = of.admin;
  const read = (kind: Kind, key: ObjectKey) => cluster.get(kind, key);
  return {
    cluster,
    read,
    isThere: async (kind, key) => (await read(kind, key)) !== undefined,
    makeWebApp: async () => {
      const namespace = await freshNamespace(of);
      const object = webapp(namespace, 'shop');
      await cluster.apply(WEBAPP, object, { manager: 'kubectl', live: undefined });
      return { namespace, name: 'shop' };
    },
    makeSource: async (spec) => {
      const namespace = await freshNamespace(of);
      const { apiVersion, kind } = WEBAPP_SOURCE;
      const source = { apiVersion, kind, metadata: { name: 'fleet', namespace }, spec };
      await cluster.create(WEBAPP_SOURCE, source);
      return { namespace, name: 'fleet' };
    },
  };
}
