import type { Cluster } from '../../gitops/cluster.ts';
import { type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, type TestCluster } from '../helpers/control-plane.ts';

/** The ServiceAccount that sends events as Knative does, and the audience of its token. */
export const SENDER = {
  EVENT_AUDIENCE: 'webapp-operator',
  EVENT_SUBJECTS: 'system:serviceaccount:default:default',
};

/** The cluster as its administrator sees and changes it; disposing removes the sources, whose Git servers go, too. */
export interface World extends AsyncDisposable {
  readonly cluster: Cluster;
  /** Makes a WebApp named shop in a namespace of its own. */
  makeWebApp(): Promise<ObjectKey>;
  /** Makes a WebAppSource named fleet in a namespace of its own. */
  makeSource(spec: object): Promise<ObjectKey>;
  /** Returns a token of the ServiceAccount that sends events, for this audience. */
  senderToken(audience: string): Promise<string>;
  read(of: Kind, key: ObjectKey): Promise<KubeObject | undefined>;
  isThere(of: Kind, key: ObjectKey): Promise<boolean>;
}

/** Returns what the cases need of a cluster. */
export function worldOf(of: TestCluster): World {
  const { cluster } = of.admin;
  const read = (kind: Kind, key: ObjectKey) => cluster.get(kind, key);
  const sources: KubeObject[] = [];
  return {
    cluster,
    read,
    senderToken: (audience) =>
      of.admin.tokenOf({ namespace: 'default', name: 'default' }, { audiences: [audience] }),
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
      sources.push(await cluster.create(WEBAPP_SOURCE, source));
      return { namespace, name: 'fleet' };
    },
    [Symbol.asyncDispose]: async () => {
      for (const { metadata } of sources) {
        const live = await read(WEBAPP_SOURCE, { namespace: '', ...metadata });
        if (live) await cluster.delete(WEBAPP_SOURCE, live);
      }
    },
  };
}
