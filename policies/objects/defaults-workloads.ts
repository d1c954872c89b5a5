import type {
  Deployment,
  HorizontalPodAutoscaler,
  HPAScalingRules,
  Int,
  Service,
} from './shapes.ts';

export function deploymentDefaults({ spec }: Deployment): void {
  spec.replicas ??= 1;
  spec.strategy.type ??= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  if (spec.strategy.rollingUpdate) fillRollingUpdate(spec.strategy.rollingUpdate);
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
}

/** The API server's own form of a Deployment knows no rolling update without numbers. */
function fillRollingUpdate(update: { maxUnavailable?: Int | string; maxSurge?: Int | string }) {
  update.maxUnavailable ??= 0;
  update.maxSurge ??= 0;
}

const SESSION_SECONDS = 10_800;

export function serviceDefaults({ spec, status }: Service): void {
  sessionDefaults(spec);
  spec.type ??= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    if ((port.targetPort ?? '') === '') port.targetPort = port.port ?? 0;
  }
  trafficDefaults(spec);
  if (spec.type === 'LoadBalancer') ingressDefaults(status);
}

function sessionDefaults(spec: Service['spec']): void {
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP') {
    const timeoutSeconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? SESSION_SECONDS;
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds } };
  }
}

function ingressDefaults({ loadBalancer }: Service['status']): void {
  for (const ingress of loadBalancer.ingress ?? []) {
    if (ingress.ip !== undefined) ingress.ipMode ??= 'VIP';
  }
}

const INTERNAL_TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer'];

function trafficDefaults(spec: Service['spec']): void {
  const { type = '' } = spec;
  if (isExternal(spec)) spec.externalTrafficPolicy ??= 'Cluster';
  if (INTERNAL_TYPES.includes(type)) spec.internalTrafficPolicy ??= 'Cluster';
  if (type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

/** Tells whether the Service can be reached from outside the cluster. */
export function isExternal({ type, externalIPs = [] }: Service['spec']): boolean {
  return (
    type === 'LoadBalancer' ||
    type === 'NodePort' ||
    (type === 'ClusterIP' && externalIPs.length > 0)
  );
}

const CPU_80 = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};
const PERIOD_SECONDS = 15;
const ALL_AT_ONCE = { type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS };
const FOUR_PODS = { type: 'Pods', value: 4, periodSeconds: PERIOD_SECONDS };

export function autoscalerDefaults({ spec }: HorizontalPodAutoscaler): void {
  spec.minReplicas ??= 1;
  if (!spec.metrics?.length) spec.metrics = [structuredClone(CPU_80)];
  const { behavior } = spec;
  if (behavior === undefined) return;
  behavior.scaleUp = {
    stabilizationWindowSeconds: 0,
    ...rules(FOUR_PODS, ALL_AT_ONCE),
    ...behavior.scaleUp,
  };
  behavior.scaleDown = { ...rules(ALL_AT_ONCE), ...behavior.scaleDown };
}

function rules(...policies: NonNullable<HPAScalingRules['policies']>): HPAScalingRules {
  return { selectPolicy: 'Max', policies: structuredClone(policies) };
}
