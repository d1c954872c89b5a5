// What each field of a WebApp becomes. Rows give the part of a child that a field decides.
import test from 'ava';
import { desiredChildren } from '../../gitops/reconcile/children.ts';
import type { WebApp } from '../../gitops/webapp.ts';
import { at, webapp } from '../helpers/builders.ts';

type Spec = WebApp['spec'];
const CPU = { requests: { cpu: '100m' } };
const AUTOSCALING = { minReplicas: 2, maxReplicas: 6, cpuPercent: 70 };
const POD = 'spec.template.spec';
const WEB = `${POD}.containers.0`;
const DEFAULT_PORT = [{ name: 'http', containerPort: 80, protocol: 'TCP' }];
const PROBE = { path: '/healthz', periodSeconds: 5, timeoutSeconds: 2 };
const probe = (failureThreshold: number) => ({
  httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
  periodSeconds: 5,
  timeoutSeconds: 2,
  failureThreshold,
});
const secretKeyRef = { name: 's', key: 'k', optional: true };

const fields: { title: string; spec: Partial<Spec>; of: string; path: string; want: unknown }[] = [
  { title: 'replicas', spec: { replicas: 5 }, of: 'Deployment', path: 'spec.replicas', want: 5 },
  {
    title: 'no replicas at all',
    spec: { replicas: 0 },
    of: 'Deployment',
    path: 'spec.replicas',
    want: 0,
  },
  { title: 'image', spec: { image: 'a:1' }, of: 'Deployment', path: `${WEB}.image`, want: 'a:1' },
  {
    title: 'port of the container',
    spec: {},
    of: 'Deployment',
    path: `${WEB}.ports`,
    want: DEFAULT_PORT,
  },
  {
    title: 'another port',
    spec: { port: 8080 },
    of: 'Deployment',
    path: `${WEB}.ports.0.containerPort`,
    want: 8080,
  },
  { title: 'no env', spec: {}, of: 'Deployment', path: `${WEB}.env`, want: undefined },
  {
    title: 'an empty env is left out, as the API server does',
    spec: { env: [] },
    of: 'Deployment',
    path: `${WEB}.env`,
    want: undefined,
  },
  {
    title: 'env by value',
    spec: { env: [{ name: 'A', value: '1' }] },
    of: 'Deployment',
    path: `${WEB}.env`,
    want: [{ name: 'A', value: '1' }],
  },
  {
    title: 'an empty value is left out, as the API server does',
    spec: { env: [{ name: 'A', value: '' }] },
    of: 'Deployment',
    path: `${WEB}.env`,
    want: [{ name: 'A' }],
  },
  {
    title: 'env by reference',
    spec: { env: [{ name: 'A', valueFrom: { secretKeyRef } }] },
    of: 'Deployment',
    path: `${WEB}.env`,
    want: [{ name: 'A', valueFrom: { secretKeyRef } }],
  },
  {
    title: 'env keeps its order',
    spec: {
      env: [
        { name: 'B', value: '2' },
        { name: 'A', value: '1' },
      ],
    },
    of: 'Deployment',
    path: `${WEB}.env.0.name`,
    want: 'B',
  },
  { title: 'no resources', spec: {}, of: 'Deployment', path: `${WEB}.resources`, want: undefined },
  {
    title: 'resources left empty, which the API server would not keep',
    spec: { resources: { requests: {}, limits: {} } },
    of: 'Deployment',
    path: `${WEB}.resources`,
    want: undefined,
  },
  {
    title: 'requests alone',
    spec: { resources: CPU },
    of: 'Deployment',
    path: `${WEB}.resources`,
    want: CPU,
  },
  {
    title: 'quantities that are numbers become texts',
    spec: { resources: { requests: { cpu: 2 }, limits: { memory: '1Gi' } } },
    of: 'Deployment',
    path: `${WEB}.resources`,
    want: { requests: { cpu: '2' }, limits: { memory: '1Gi' } },
  },
  { title: 'no probe', spec: {}, of: 'Deployment', path: `${WEB}.readinessProbe`, want: undefined },
  {
    title: 'readiness',
    spec: { probe: PROBE },
    of: 'Deployment',
    path: `${WEB}.readinessProbe`,
    want: probe(3),
  },
  {
    title: 'liveness is slower',
    spec: { probe: PROBE },
    of: 'Deployment',
    path: `${WEB}.livenessProbe`,
    want: probe(6),
  },
  {
    title: 'startup shields it',
    spec: { probe: PROBE },
    of: 'Deployment',
    path: `${WEB}.startupProbe`,
    want: probe(30),
  },
  {
    title: 'no token of the cluster',
    spec: {},
    of: 'Deployment',
    path: `${POD}.automountServiceAccountToken`,
    want: false,
  },
  {
    title: 'baseline pod',
    spec: {},
    of: 'Deployment',
    path: `${POD}.securityContext`,
    want: { seccompProfile: { type: 'RuntimeDefault' } },
  },
  {
    title: 'baseline container',
    spec: {},
    of: 'Deployment',
    path: `${WEB}.securityContext`,
    want: { allowPrivilegeEscalation: false },
  },
  {
    title: 'restricted pod',
    spec: { securityProfile: 'restricted' },
    of: 'Deployment',
    path: `${POD}.securityContext`,
    want: { seccompProfile: { type: 'RuntimeDefault' }, runAsNonRoot: true },
  },
  {
    title: 'restricted container',
    spec: { securityProfile: 'restricted' },
    of: 'Deployment',
    path: `${WEB}.securityContext`,
    want: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  },
  {
    title: 'Service on the port of the container',
    spec: { port: 8080 },
    of: 'Service',
    path: 'spec.ports',
    want: [{ name: 'http', port: 8080, targetPort: 'http', protocol: 'TCP' }],
  },
  {
    title: 'Service on a port of its own',
    spec: { port: 8080, service: { type: 'ClusterIP', port: 443 } },
    of: 'Service',
    path: 'spec.ports.0.port',
    want: 443,
  },
  { title: 'type of the Service', spec: {}, of: 'Service', path: 'spec.type', want: 'ClusterIP' },
  {
    title: 'another type of the Service',
    spec: { service: { type: 'NodePort' } },
    of: 'Service',
    path: 'spec.type',
    want: 'NodePort',
  },
  {
    title: 'host',
    spec: { host: 'a.example.org' },
    of: 'Ingress',
    path: 'spec',
    want: {
      rules: [
        {
          host: 'a.example.org',
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: 'shop', port: { name: 'http' } } },
              },
            ],
          },
        },
      ],
    },
  },
  {
    title: 'class of the Ingress',
    spec: { host: 'a', ingressClassName: 'nginx' },
    of: 'Ingress',
    path: 'spec.ingressClassName',
    want: 'nginx',
  },
  {
    title: 'TLS',
    spec: { host: 'a', tlsSecretName: 'crt' },
    of: 'Ingress',
    path: 'spec.tls',
    want: [{ hosts: ['a'], secretName: 'crt' }],
  },
  {
    title: 'autoscaling',
    spec: { autoscaling: AUTOSCALING },
    of: 'HorizontalPodAutoscaler',
    path: 'spec',
    want: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
      minReplicas: 2,
      maxReplicas: 6,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
  },
];

for (const { title, spec, of, path, want } of fields) {
  test(`children, ${of}: ${title}`, (t) => {
    const child = desiredChildren(webapp({ spec })).find(({ kind }) => kind === of);
    t.deepEqual(at(child, path), want);
  });
}
