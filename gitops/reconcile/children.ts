// What a WebApp becomes. Only fields that are decided here are set: the rest is the API server's or somebody else's.
import type {
  V1Container,
  V1Deployment,
  V1Ingress,
  V1Probe,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { AUTOSCALER, DEPLOYMENT, INGRESS, type Kind, SERVICE } from '../kinds.ts';
import { appliedFields, type KubeObject } from '../objects.ts';
import { LABEL, OPERATOR, type WebApp } from '../webapp.ts';
import { ownershipOf } from './ownership.ts';

/** Name of the one container of a pod. */
export const CONTAINER = 'web';
const PORT_NAME = 'http';

/** Returns the labels that select the WebApp's pods; a Deployment's selector can never change, so nothing may vary. */
export function podLabels({ metadata: { name } }: WebApp): Record<string, string> {
  return { 'app.kubernetes.io/instance': name, 'app.kubernetes.io/name': name };
}

/** Returns the objects that should exist for a WebApp. `live` is its Deployment as it is now, if there is one. */
export function desiredChildren(webapp: WebApp, live?: KubeObject): KubeObject[] {
  const { host, autoscaling } = webapp.spec;
  return [
    deployment(webapp, live),
    service(webapp),
    ...(host === undefined ? [] : [ingress(webapp, host)]),
    ...(autoscaling === undefined ? [] : [autoscaler(webapp, autoscaling)]),
  ];
}

function child<T extends object>(
  webapp: WebApp,
  { apiVersion, kind }: Kind,
  content: T,
): KubeObject {
  const { name, namespace = '' } = webapp.metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      labels: {
        ...podLabels(webapp),
        'app.kubernetes.io/component': 'web',
        [LABEL.managedBy]: OPERATOR,
      },
      ...ownershipOf(webapp),
    },
    ...content,
  };
}

function deployment(webapp: WebApp, live?: KubeObject): KubeObject {
  const { securityProfile } = webapp.spec;
  const replicas = replicasFor(webapp, live);
  return child(webapp, DEPLOYMENT, {
    spec: {
      ...(replicas !== undefined && { replicas }),
      selector: { matchLabels: podLabels(webapp) },
      template: {
        metadata: { labels: { ...podLabels(webapp), [LABEL.managedBy]: OPERATOR } },
        spec: {
          automountServiceAccountToken: false,
          securityContext: {
            seccompProfile: { type: 'RuntimeDefault' },
            ...(securityProfile === 'restricted' && { runAsNonRoot: true }),
          },
          containers: [container(webapp)],
        },
      },
    },
  } satisfies Partial<V1Deployment>);
}

/**
 * With autoscaling the replicas belong to the autoscaler. Dropping a value that we still own would make the
 * API server fall back to 1, so what is live is repeated until somebody else has written the field.
 */
function replicasFor({ spec }: WebApp, live?: KubeObject): number | undefined {
  if (spec.autoscaling === undefined) return spec.replicas;
  if (live === undefined) return spec.autoscaling.minReplicas;
  const ours = appliedFields(live, OPERATOR)?.['f:spec']?.['f:replicas'];
  // An autoscaler leaves a Deployment alone that has none.
  const now = (live as { spec?: { replicas?: number } }).spec?.replicas;
  return ours && (now || spec.autoscaling.minReplicas);
}

function container({ spec }: WebApp): V1Container {
  return {
    name: CONTAINER,
    image: spec.image,
    ports: [{ name: PORT_NAME, containerPort: spec.port, protocol: 'TCP' }],
    ...(spec.env?.length && { env: spec.env.map(variable) }),
    ...(spec.resources && quantities(spec.resources)),
    ...(spec.probe && probes(spec.probe)),
    securityContext: {
      allowPrivilegeEscalation: false,
      ...(spec.securityProfile === 'restricted' && { capabilities: { drop: ['ALL'] } }),
    },
  };
}

type Spec = WebApp['spec'];

/** The API server leaves out an empty value, so it is left out here too. */
function variable({ value, ...rest }: NonNullable<Spec['env']>[number]) {
  return { ...rest, ...(value && { value }) };
}

/** The API server keeps no empty list, and would be asked for it again and again. */
function quantities(resources: NonNullable<Spec['resources']>) {
  const given = Object.entries(resources).filter(([, list]) => Object.keys(list).length > 0);
  const texts = given.map(([which, list]) => [which, textsOf(list)] as const);
  return texts.length > 0 && { resources: Object.fromEntries(texts) };
}

function textsOf(list: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(list).map(([name, amount]) => [name, String(amount)]));
}

/** Startup shields a slow start from liveness for 30 periods; liveness is slower to act than readiness. */
function probes({ path, periodSeconds, timeoutSeconds }: NonNullable<Spec['probe']>) {
  const probe = (failureThreshold: number): V1Probe => ({
    httpGet: { path, port: PORT_NAME, scheme: 'HTTP' },
    periodSeconds,
    timeoutSeconds,
    failureThreshold,
  });
  return { startupProbe: probe(30), readinessProbe: probe(3), livenessProbe: probe(6) };
}

function service(webapp: WebApp): KubeObject {
  const { service: wanted, port } = webapp.spec;
  return child(webapp, SERVICE, {
    spec: {
      type: wanted?.type ?? 'ClusterIP',
      selector: podLabels(webapp),
      ports: [
        { name: PORT_NAME, port: wanted?.port ?? port, targetPort: PORT_NAME, protocol: 'TCP' },
      ],
    },
  } satisfies Partial<V1Service>);
}

function ingress(webapp: WebApp, host: string): KubeObject {
  const { ingressClassName, tlsSecretName } = webapp.spec;
  const backend = { service: { name: webapp.metadata.name, port: { name: PORT_NAME } } };
  return child(webapp, INGRESS, {
    spec: {
      ...(ingressClassName !== undefined && { ingressClassName }),
      ...(tlsSecretName !== undefined && { tls: [{ hosts: [host], secretName: tlsSecretName }] }),
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  } satisfies Partial<V1Ingress>);
}

function autoscaler(webapp: WebApp, wanted: NonNullable<Spec['autoscaling']>): KubeObject {
  const target = { type: 'Utilization', averageUtilization: wanted.cpuPercent };
  return child(webapp, AUTOSCALER, {
    spec: {
      scaleTargetRef: { ...DEPLOYMENT_REFERENCE, name: webapp.metadata.name },
      minReplicas: wanted.minReplicas,
      maxReplicas: wanted.maxReplicas,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
    },
  } satisfies Partial<V2HorizontalPodAutoscaler>);
}

const DEPLOYMENT_REFERENCE = { apiVersion: DEPLOYMENT.apiVersion, kind: DEPLOYMENT.kind };
