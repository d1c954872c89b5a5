// What a real kube-state-metrics tells of real objects by our configuration, with no right but those that the page names.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Kind } from '../../gitops/kinds.ts';
import { WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { SYSTEM_NAMESPACE } from '../../infra/install.ts';
import { startKubeStateMetrics } from '../../infra/kube-state-metrics/start.ts';
import { eventually } from '../cluster/eventually.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { kubeStateNames, MONITORING } from '../helpers/monitoring.ts';
import { CLUSTER_ROLE, CLUSTER_ROLE_BINDING, SERVICE_ACCOUNT } from '../helpers/rbac-kinds.ts';
import { exposedBy, type Sample } from './exposed.ts';

const NAME = 'kube-state-metrics';
const VERBS = ['list', 'watch'];
const RULES = [
  { apiGroups: ['example.com'], resources: ['webapps', 'webappsources'], verbs: VERBS },
  {
    apiGroups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    verbs: VERBS,
  },
];

const manager = { manager: 'test', live: 'any' } as const;

/** Makes its account with these rights and returns the path of its kubeconfig. */
async function account({ admin, kubeconfigText }: TestCluster): Promise<string> {
  const make = (of: Kind, parts: object, namespace?: string) =>
    admin.cluster.apply(of, made(of, parts, namespace), manager);
  await make(SERVICE_ACCOUNT, {}, SYSTEM_NAMESPACE);
  await make(CLUSTER_ROLE, { rules: RULES });
  await make(CLUSTER_ROLE_BINDING, {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: CLUSTER_ROLE.kind, name: NAME },
    subjects: [{ kind: SERVICE_ACCOUNT.kind, namespace: SYSTEM_NAMESPACE, name: NAME }],
  });
  const file = join(await mkdtemp(join(tmpdir(), 'webapp-ksm-')), 'kubeconfig');
  await writeFile(file, kubeconfigText(await admin.tokenFor(NAME)));
  return file;
}

function made({ apiVersion, kind }: Kind, parts: object, namespace?: string): KubeObject {
  const metadata = { name: NAME, ...(namespace && { namespace }) };
  return { apiVersion, kind, metadata, ...parts } as KubeObject;
}

function condition(type: string, status: string, reason: string) {
  const lastTransitionTime = '2026-01-01T00:00:00Z';
  return { type, status, reason, message: 'm', lastTransitionTime };
}

async function makeObjects({ admin: { cluster } }: TestCluster, namespace: string): Promise<void> {
  const shop = webapp(namespace, 'shop', {
    metadata: { labels: { 'webapps.example.com/source': 'apps' } },
    spec: { replicas: 3 },
  });
  const live = await cluster.apply(WEBAPP, shop, { manager: 'kubectl', live: undefined });
  await cluster.applyStatus(WEBAPP, live, {
    observedGeneration: 1,
    replicas: 3,
    readyReplicas: 2,
    lastAppliedRevision: 'main@sha1:1',
    lastAttemptedRevision: 'main@sha1:2',
    conditions: [condition('Ready', 'False', 'Rejected'), condition('Stalled', 'True', 'Rejected')],
  });
  const source: KubeObject = {
    apiVersion: WEBAPP_SOURCE.apiVersion,
    kind: WEBAPP_SOURCE.kind,
    metadata: { name: 'apps', namespace },
    spec: { url: 'https://git.example.org/apps', suspend: true },
  };
  const made = await cluster.apply(WEBAPP_SOURCE, source, { manager: 'kubectl', live: undefined });
  await cluster.applyStatus(WEBAPP_SOURCE, made, {
    observedGeneration: 1,
    lastAppliedRevision: 'main@sha1:1',
    conditions: [condition('Ready', 'Unknown', 'Suspended')],
  });
}

test('kube-state-metrics tells of each WebApp and WebAppSource by name', async (t) => {
  const cluster = await testCluster();
  const namespace = await freshNamespace(cluster);
  await makeObjects(cluster, namespace);
  const config = join(MONITORING, 'kube-state-metrics.yaml');
  await using server = await startKubeStateMetrics({ kubeconfig: await account(cluster), config });
  const own = async () =>
    (await exposedBy(server.url)).filter(({ labels }) => labels.namespace === namespace);
  // The two kinds are listed one after the other, in no order.
  const samples = await eventually('both kinds are told of', async () => {
    const found = await own();
    const told = (wanted: string) => found.some(({ name }) => name === wanted);
    return told('kube_webapp_suspended') && told('kube_webappsource_suspended') && found;
  });
  const told = samples.map(line).sort();
  t.deepEqual(told, [
    'kube_webapp_info shop attempted_revision=main@sha1:2 revision=main@sha1:1 source=apps 1',
    'kube_webapp_spec_replicas shop 3',
    'kube_webapp_status_condition shop reason=Rejected type=Ready 0',
    'kube_webapp_status_condition shop reason=Rejected type=Stalled 1',
    'kube_webapp_status_ready_replicas shop 2',
    'kube_webapp_status_replicas shop 3',
    'kube_webapp_suspended shop 0',
    'kube_webappsource_info apps branch=main revision=main@sha1:1 1',
    'kube_webappsource_status_condition apps reason=Suspended type=Ready 0',
    'kube_webappsource_suspended apps 1',
  ]);
  const names = new Set(samples.map(({ name }) => name));
  t.deepEqual([...names].sort(), (await kubeStateNames()).sort());
});

/** The kind stands in the name. */
function line({ name, labels, value }: Sample): string {
  const others = Object.entries(labels)
    .filter(([key]) => !key.startsWith('customresource_') && key !== 'namespace' && key !== 'name')
    .map(([key, text]) => `${key}=${text}`);
  return [name, labels.name, ...others.sort(), value].join(' ');
}
