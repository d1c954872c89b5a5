// WebApps, Deployments and Pods that keep the rules of the packs and break them.
import { DEPLOYMENT, type Kind, WEBAPP } from '../../../gitops/kinds.ts';
import type { KubeObject } from '../../../gitops/objects.ts';
import type { Random } from '../../helpers/random.ts';
import { object } from '../world.ts';

const POD: Kind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods' };
const DIGEST = `@sha256:${'0'.repeat(64)}`;
const RESOURCES = { requests: { cpu: '10m', memory: '10Mi' }, limits: { memory: '20Mi' } };
const TIGHT = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

const WEBAPPS: readonly object[] = [
  { image: 'ghcr.io/acme/a:1' },
  { image: 'ghcr.io/acme/a:1', port: 8080, replicas: 11 },
  { image: 'ghcr.io/acme/a', port: 8080 },
  { image: 'ghcr.io/acme/a:latest', port: 8080, replicas: 10 },
  { image: 'evil.example/a:1', port: 1023 },
  { image: `ghcr.io/acme/a${DIGEST}`, autoscaling: { minReplicas: 1, maxReplicas: 20 } },
  { image: 'localhost:5000/a', resources: RESOURCES },
];

/** What a container has beside its name; each may be put together with others. */
const CONTAINERS: readonly object[] = [
  {},
  { image: 'nginx' },
  { image: 'nginx:latest' },
  { image: `quay.io/acme/a${DIGEST}` },
  { image: 'evil.example:5000/a' },
  { resources: RESOURCES },
  { resources: { limits: { cpu: '1' } } },
  { readinessProbe: { tcpSocket: { port: 8080 } } },
  { securityContext: TIGHT },
  { securityContext: { ...TIGHT, privileged: true, allowPrivilegeEscalation: true } },
  { securityContext: { ...TIGHT, runAsUser: 0 } },
  { securityContext: { ...TIGHT, capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } } },
  { securityContext: { ...TIGHT, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } } },
  { securityContext: { ...TIGHT, seccompProfile: { type: 'Unconfined' } } },
  { ports: [{ containerPort: 80, hostPort: 80 }] },
  { ports: [{ containerPort: 8080 }] },
];

/** What a pod has beside its containers. */
const PODS: readonly object[] = [
  {},
  { hostNetwork: true },
  { hostPID: true },
  { hostIPC: true },
  { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
  {
    volumes: [
      { name: 'v', emptyDir: {} },
      { name: 'w', configMap: { name: 'w' } },
    ],
  },
  { securityContext: { runAsNonRoot: true } },
  { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
  { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } },
  { securityContext: { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] } },
  { initContainers: [{ name: 'i', image: 'busybox' }] },
  { initContainers: [{ name: 'i', image: 'ghcr.io/acme/i:1', securityContext: TIGHT }] },
];

const IMAGE = { image: 'ghcr.io/acme/a:1' };

/** Each rule kept and broken alone. */
export function writtenObjects(): KubeObject[] {
  const pods = [
    ...CONTAINERS.map((more) => ({ containers: [{ name: 'a', ...IMAGE, ...more }] })),
    ...PODS.map((more) => ({
      containers: [{ name: 'a', ...IMAGE, securityContext: TIGHT }],
      ...more,
    })),
  ];
  return [...WEBAPPS.map(webapp), ...pods.flatMap((spec) => [deployment(spec), pod(spec)])];
}

/** Some rules kept and some broken. */
export function anyObject(random: Random): KubeObject {
  if (random.once(8)) return webapp({ ...random.pick(WEBAPPS), ...random.pick(WEBAPPS) });
  const containers = Array.from({ length: 1 + random.below(3) }, (_, index) => ({
    ...{ name: `c${index}`, ...IMAGE },
    ...random.pick(CONTAINERS),
    ...random.pick(CONTAINERS),
    ...random.pick(CONTAINERS),
  }));
  const spec = { ...random.pick(PODS), ...random.pick(PODS), containers };
  return random.once(2) ? deployment(spec) : pod(spec);
}

function webapp(spec: object): KubeObject {
  return { ...object(WEBAPP, 'subject'), spec };
}

function pod(spec: object): KubeObject {
  return { ...object(POD, 'subject'), spec };
}

function deployment(spec: object): KubeObject {
  const labels = { app: 'a' };
  const template = { metadata: { labels }, spec };
  return {
    ...object(DEPLOYMENT, 'subject'),
    spec: { selector: { matchLabels: labels }, template },
  };
}
