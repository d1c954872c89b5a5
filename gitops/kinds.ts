/** A kind of object and where the API server keeps it. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

const kind = (apiVersion: string, name: string, plural: string): Kind => ({
  apiVersion,
  kind: name,
  plural,
});

export const WEBAPP = kind('example.com/v1', 'WebApp', 'webapps');
export const WEBAPP_SOURCE = kind('example.com/v1', 'WebAppSource', 'webappsources');
export const POLICY_BUNDLE = kind('example.com/v1', 'PolicyBundle', 'policybundles');
export const DEPLOYMENT = kind('apps/v1', 'Deployment', 'deployments');
export const SERVICE = kind('v1', 'Service', 'services');
export const INGRESS = kind('networking.k8s.io/v1', 'Ingress', 'ingresses');
export const AUTOSCALER = kind(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
);
export const SECRET = kind('v1', 'Secret', 'secrets');
export const CONFIG_MAP = kind('v1', 'ConfigMap', 'configmaps');
export const NAMESPACE = kind('v1', 'Namespace', 'namespaces');
const ADMISSION = 'admissionregistration.k8s.io/v1';
export const POLICY = kind(ADMISSION, 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies');
export const POLICY_BINDING = kind(
  ADMISSION,
  'ValidatingAdmissionPolicyBinding',
  'validatingadmissionpolicybindings',
);
export const EVENT = kind('v1', 'Event', 'events');
export const LEASE = kind('coordination.k8s.io/v1', 'Lease', 'leases');

/** Returns the group of an apiVersion; that of the core is empty. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** The kinds that are made for a WebApp, in the order they are written. */
export const CHILD_KINDS: readonly Kind[] = [DEPLOYMENT, SERVICE, INGRESS, AUTOSCALER];

/** Returns the path of a collection, or of one object in it, on the API server. No namespace: all, or none to be in. */
export function resourcePath({ apiVersion, plural }: Kind, namespace?: string, name?: string) {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = !namespace ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const item = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${root}${scope}/${plural}${item}`;
}
