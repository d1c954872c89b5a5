// The decoded structs whose fields are read or set by name: only those fields. The rest is kept unseen.
import type { JsonObject } from './json.ts';
import type { Undetermined } from './undetermined.ts';

export type Text = string | Undetermined;
export type Int = number | bigint | Undetermined;
type Texts = Record<string, Text>;
/** Quantities in canonical form. */
export type ResourceList = Record<string, string>;

/** What every kind has. `kind` and `apiVersion` are those of the request. */
export interface NativeObject {
  kind?: string;
  apiVersion?: string;
  metadata: ObjectMeta;
}

export interface ObjectMeta {
  name?: Text;
  generateName?: string;
  namespace?: string;
  selfLink?: string;
  uid?: Text;
  resourceVersion?: Text;
  generation?: Int;
  creationTimestamp?: Text;
  deletionTimestamp?: Text;
  deletionGracePeriodSeconds?: Int;
  labels?: Texts;
  annotations?: Texts;
  ownerReferences?: readonly JsonObject[];
  managedFields?: readonly JsonObject[] | Undetermined;
}

export interface LabelSelector {
  matchExpressions?: { key?: string; operator?: string; values?: Text[] }[];
}

export interface Container {
  name?: string;
  image?: string;
  imagePullPolicy?: string;
  ports?: { protocol?: string; hostPort?: Int; containerPort?: Int }[];
  resources: ResourceRequirements;
  lifecycle?: JsonObject & { stopSignal?: string };
  securityContext?: SecurityContext;
  terminationMessagePath?: string;
  terminationMessagePolicy?: string;
  volumeMounts?: { name?: Text; mountPath?: string; readOnly?: boolean }[];
}

export interface ResourceRequirements {
  limits?: ResourceList;
  requests?: ResourceList;
}

export interface SecurityContext {
  appArmorProfile?: AppArmorProfile;
}

export interface AppArmorProfile {
  type?: string;
  localhostProfile?: string;
}

export interface PodAffinityTerm {
  labelSelector?: LabelSelector;
  matchLabelKeys?: string[];
  mismatchLabelKeys?: string[];
}

export interface PodAffinity {
  requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[];
  preferredDuringSchedulingIgnoredDuringExecution?: { podAffinityTerm: PodAffinityTerm }[];
}

export interface Toleration {
  key?: string;
  operator?: string;
  effect?: string;
  tolerationSeconds?: Int;
}

export interface PodSpec {
  volumes?: object[];
  initContainers?: Container[];
  containers?: Container[];
  ephemeralContainers?: Container[];
  restartPolicy?: string;
  terminationGracePeriodSeconds?: Int;
  dnsPolicy?: string;
  schedulerName?: string;
  serviceAccountName?: string;
  serviceAccount?: string;
  automountServiceAccountToken?: boolean;
  imagePullSecrets?: readonly JsonObject[] | Undetermined;
  hostNetwork?: boolean;
  securityContext?: SecurityContext;
  affinity?: { podAffinity?: PodAffinity; podAntiAffinity?: PodAffinity };
  tolerations?: Toleration[];
  priorityClassName?: string;
  priority?: Int;
  preemptionPolicy?: Text;
  runtimeClassName?: string;
  overhead?: ResourceList | Undetermined;
  os?: { name?: string };
  enableServiceLinks?: boolean;
  schedulingGates?: readonly JsonObject[];
  topologySpreadConstraints?: PodAffinityTerm[];
  resources?: ResourceRequirements | Undetermined;
}

export interface Pod extends NativeObject {
  spec: PodSpec;
  status: object;
}

export interface PodTemplateSpec {
  metadata: ObjectMeta;
  spec: PodSpec;
}

export interface DeploymentSpec {
  replicas?: Int;
  template: PodTemplateSpec;
  strategy: {
    type?: string;
    rollingUpdate?: { maxUnavailable?: Int | string; maxSurge?: Int | string };
  };
  revisionHistoryLimit?: Int;
  progressDeadlineSeconds?: Int;
}

export interface Deployment extends NativeObject {
  spec: DeploymentSpec;
  status: object;
}

export interface ServicePort {
  name?: string;
  protocol?: string;
  port?: Int;
  targetPort?: Int | string;
  nodePort?: Int;
}

export interface ServiceSpec {
  type?: string;
  selector?: Texts;
  ports?: ServicePort[];
  clusterIP?: Text;
  clusterIPs?: Text[] | Undetermined;
  ipFamilies?: Text[] | Undetermined;
  ipFamilyPolicy?: string;
  sessionAffinity?: string;
  sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: Int } };
  externalIPs?: string[];
  externalTrafficPolicy?: string;
  internalTrafficPolicy?: string;
  allocateLoadBalancerNodePorts?: boolean;
  healthCheckNodePort?: Int;
  loadBalancerClass?: string;
}

export interface Service extends NativeObject {
  spec: ServiceSpec;
  status: { loadBalancer: { ingress?: { ip?: string; ipMode?: string }[] } };
}

export interface Namespace extends NativeObject {
  spec: { finalizers?: string[] };
  status: { phase?: string };
}

export interface HPAScalingRules {
  stabilizationWindowSeconds?: Int;
  selectPolicy?: string;
  policies?: { type: string; value: Int; periodSeconds: Int }[];
}

export interface HorizontalPodAutoscaler extends NativeObject {
  spec: {
    minReplicas?: Int;
    metrics?: object[];
    behavior?: { scaleUp?: HPAScalingRules; scaleDown?: HPAScalingRules };
  };
  status: object;
}

export interface PodDisruptionBudget extends NativeObject {
  spec: { selector?: LabelSelector };
  status: object;
}

export interface Ingress extends NativeObject {
  spec: object;
  status: object;
}

export interface ServiceAccount extends NativeObject {
  secrets?: { name?: string }[];
}

/** The decoded structs by their names. */
export interface Shapes {
  ConfigMap: NativeObject;
  Container: Container;
  Deployment: Deployment;
  EphemeralContainer: Container;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  Ingress: Ingress;
  Namespace: Namespace;
  ObjectMeta: ObjectMeta;
  Pod: Pod;
  PodDisruptionBudget: PodDisruptionBudget;
  PodSpec: PodSpec;
  Service: Service;
  ServiceAccount: ServiceAccount;
}
