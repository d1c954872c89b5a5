// Objects of the suites as a person writes them, before the API server has seen them.
import type { Cluster } from '../../gitops/cluster.ts';
import { DEPLOYMENT, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey, ObjectMeta } from '../../gitops/objects.ts';

interface Parts {
  readonly metadata?: object;
  readonly spec?: object;
}

/** Returns a WebApp with an image and what else is given. */
export function webapp(namespace: string | undefined, name: string, parts: Parts = {}): KubeObject {
  return {
    apiVersion: WEBAPP.apiVersion,
    kind: WEBAPP.kind,
    metadata: { name, namespace: namespace ?? '', ...parts.metadata },
    spec: { image: 'nginx:1.27', ...parts.spec },
  };
}

/** Returns a WebApp's spec with the defaults filled in. */
export function spec(fields: object): object {
  const defaults = { securityProfile: 'baseline', deletionPolicy: 'Delete', suspend: false };
  return { replicas: 1, port: 80, ...defaults, ...fields };
}

/** Returns a Deployment of one container, named shop. */
export function deploymentOf(namespace: string, container: object = {}): KubeObject {
  const matchLabels = { app: 'shop' };
  const web = { name: 'web', image: 'nginx:1.27', ...container };
  return {
    apiVersion: DEPLOYMENT.apiVersion,
    kind: DEPLOYMENT.kind,
    metadata: { name: 'shop', namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels },
      template: { metadata: { labels: matchLabels }, spec: { containers: [web] } },
    },
  };
}

/** Returns a Service of one port, named shop. */
export function service(
  namespace: string | undefined,
  metadata: Partial<ObjectMeta> = {},
): KubeObject {
  const ports = [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' }];
  return {
    apiVersion: SERVICE.apiVersion,
    kind: SERVICE.kind,
    metadata: { name: 'shop', namespace: namespace ?? '', ...metadata },
    spec: { type: 'ClusterIP', selector: { app: 'shop' }, ports },
  };
}

export function keyOf({ metadata: { namespace = '', name } }: KubeObject): ObjectKey {
  return { namespace, name };
}

/** Every way of writing on condition that a WebApp is still as it was read. */
export const staleWrites = {
  apply: (cluster: Cluster, live: KubeObject) => {
    const { namespace, name } = live.metadata;
    const desired = webapp(namespace, name, { spec: { image: 'late:1' } });
    return cluster.apply(WEBAPP, desired, { manager: 'tester', live });
  },
  applyStatus: (cluster: Cluster, live: KubeObject) =>
    cluster.applyStatus(WEBAPP, live, { observedGeneration: 7 }),
  patch: (cluster: Cluster, live: KubeObject) =>
    cluster.patch(WEBAPP, live, { type: 'merge', fields: { spec: { image: 'late:1' } } }),
  delete: (cluster: Cluster, live: KubeObject) => cluster.delete(WEBAPP, live),
} satisfies Record<string, (cluster: Cluster, live: KubeObject) => Promise<unknown>>;
