// The kinds that every cluster of this version has: their plurals, whether they have namespaces, and their versions.
import type { GroupVersionKind, GroupVersionResource } from './request.ts';

export type Scope = 'Cluster' | 'Namespaced';

/** A kind and where the API server keeps its objects. */
export interface Resource extends GroupVersionKind, GroupVersionResource {
  readonly scope: Scope;
}

/** A line for each version of a group; a plural is the kind in small letters with s where none is written. */
const NAMESPACED = `
v1 ConfigMap Endpoints:endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount
apps/v1 ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
autoscaling/v1 HorizontalPodAutoscaler
autoscaling/v2 HorizontalPodAutoscaler
batch/v1 CronJob Job
coordination.k8s.io/v1 Lease
discovery.k8s.io/v1 EndpointSlice
events.k8s.io/v1 Event
networking.k8s.io/v1 Ingress:ingresses NetworkPolicy:networkpolicies
policy/v1 PodDisruptionBudget
rbac.authorization.k8s.io/v1 Role RoleBinding
resource.k8s.io/v1 ResourceClaim ResourceClaimTemplate
storage.k8s.io/v1 CSIStorageCapacity:csistoragecapacities`;

const CLUSTER = `
v1 Namespace Node PersistentVolume
admissionregistration.k8s.io/v1 MutatingAdmissionPolicy:mutatingadmissionpolicies MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy:validatingadmissionpolicies ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration
apiextensions.k8s.io/v1 CustomResourceDefinition
apiregistration.k8s.io/v1 APIService
certificates.k8s.io/v1 CertificateSigningRequest
flowcontrol.apiserver.k8s.io/v1 FlowSchema PriorityLevelConfiguration
networking.k8s.io/v1 IngressClass:ingressclasses IPAddress:ipaddresses ServiceCIDR
node.k8s.io/v1 RuntimeClass:runtimeclasses
rbac.authorization.k8s.io/v1 ClusterRole ClusterRoleBinding
resource.k8s.io/v1 DeviceClass:deviceclasses ResourceSlice
scheduling.k8s.io/v1 PriorityClass:priorityclasses
storage.k8s.io/v1 CSIDriver CSINode StorageClass:storageclasses VolumeAttachment VolumeAttributesClass:volumeattributesclasses`;

function readTable(table: string, scope: Scope): Resource[] {
  return table
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [apiVersion = '', ...kinds] = line.split(' ');
      return kinds.map((entry) => {
        const [kind = '', resource = `${kind.toLowerCase()}s`] = entry.split(':');
        return { ...splitApiVersion(apiVersion), kind, resource, scope };
      });
    });
}

const BUILT_IN: readonly Resource[] = [
  ...readTable(NAMESPACED, 'Namespaced'),
  ...readTable(CLUSTER, 'Cluster'),
];

/** Splits apps/v1; the core group has no name. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(0, slash)), version: apiVersion.slice(slash + 1) };
}

/** Returns the built-in kind of that name; undefined for custom kinds and those that no cluster has. */
export function builtInKind(apiVersion: string, kind: string): Resource | undefined {
  const { group, version } = splitApiVersion(apiVersion);
  return BUILT_IN.find(
    (each) => each.group === group && each.version === version && each.kind === kind,
  );
}

/**
 * Returns the other resources that hold the same objects: other versions of it, and for events the other group. For
 * custom kinds they are among `custom`.
 */
export function equivalentsOf(
  wanted: GroupVersionResource,
  custom: readonly Resource[] = [],
): Resource[] {
  return [...BUILT_IN, ...custom].filter(
    (each) =>
      storageOf(each) === storageOf(wanted) &&
      !(each.group === wanted.group && each.version === wanted.version),
  );
}

function storageOf({ group, resource }: GroupVersionResource): string {
  return resource === 'events' ? 'events' : `${group}/${resource}`;
}
