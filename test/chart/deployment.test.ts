// Mode deployment: what has to be right for a reason, said of the objects that Helm makes.
import test from 'ava';
import { readConfig } from '../../functions/config.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { EVERYTHING, rendered, the } from './chart.ts';

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly resources: object;
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly mountPath: string }[];
  readonly ports?: readonly { readonly containerPort: number }[];
  readonly readinessProbe?: object;
  readonly livenessProbe?: object;
}

interface Workload {
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: Record<string, string> };
    readonly template: {
      readonly metadata: { readonly labels: Record<string, string> };
      readonly spec: {
        readonly serviceAccountName: string;
        readonly affinity: object;
        readonly containers: readonly [Container];
      };
    };
  };
}

const NAMES = [
  'webapp-operator-controller-manager',
  'webapp-operator-relay',
  'webapp-operator-admission',
];
const workloads = (objects: readonly KubeObject[]) =>
  NAMES.map((name) => the<Workload>(objects, 'Deployment', name));
const envOf = ({ spec }: Workload) =>
  Object.fromEntries(
    spec.template.spec.containers[0].env.map(({ name, value }) => [name, value ?? 's']),
  );

test('the values of the guide are the defaults', async (t) => {
  for (const { spec, metadata } of workloads(await rendered())) {
    const { affinity, containers } = spec.template.spec;
    t.is(spec.replicas, 2);
    t.like(containers[0], { image: 'webapp-operator:1.0.0', imagePullPolicy: 'IfNotPresent' });
    t.deepEqual(containers[0].resources, {
      limits: { cpu: '500m', memory: '512Mi' },
      requests: { cpu: '100m', memory: '128Mi' },
    });
    const [term] = (
      affinity as { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: object[] } }
    ).podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    t.like(
      term,
      { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname' } },
      metadata.name,
    );
  }
});

test('the processes take the settings that they are given', async (t) => {
  const [functions, relay, admission] = workloads(await rendered({ settings: { tickMinutes: 2 } }));
  const served = (workload: Workload | undefined) => readConfig(envOf(workload as Workload));
  t.deepEqual(
    [...served(functions).serve],
    ['webapps', 'sources', 'pushes', 'reviews', 'tick', 'metrics'],
  );
  t.is(served(functions).tickMs, 120_000);
  t.deepEqual([...served(admission).serve], ['admission', 'metrics']);
  t.is(served(admission).admissionPort, 9443);
  t.deepEqual(readConfig({ ...envOf(relay as Workload), FUNCTIONS: 'events' }).election, {
    leaseDurationMs: 15_000,
    renewDeadlineMs: 10_000,
    retryPeriodMs: 2_000,
  });
});

test('containers may do nothing, write only to a scratch folder, and are asked how they are', async (t) => {
  for (const { spec, metadata } of workloads(await rendered())) {
    const [container] = spec.template.spec.containers;
    t.like(container.securityContext, {
      ...{ runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      ...{ capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } },
    });
    t.true(container.volumeMounts.some(({ mountPath }) => mountPath === '/tmp'));
    if (metadata.name.endsWith('relay')) continue;
    t.like(container, {
      livenessProbe: { httpGet: { path: '/healthz' } },
      readinessProbe: { httpGet: { path: '/readyz' } },
    });
  }
});

test('selectors find their own pods, never change with a version, and another release has other names', async (t) => {
  const [one, two] = [await rendered(), await rendered({}, { release: 'two' })];
  for (const { spec } of workloads(one)) {
    const { matchLabels } = spec.selector;
    t.deepEqual(Object.keys(matchLabels).sort(), [
      'app.kubernetes.io/component',
      'app.kubernetes.io/instance',
      'app.kubernetes.io/name',
    ]);
    t.like(spec.template.metadata.labels, matchLabels);
  }
  const names = two
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ metadata }) => metadata.name);
  t.deepEqual(names.sort(), [
    'two-webapp-operator-admission',
    'two-webapp-operator-controller-manager',
    'two-webapp-operator-relay',
  ]);
});

test('one replica has no disruption budget, and a relay without election is alone', async (t) => {
  const kinds = (await rendered({ replicaCount: 1 })).map(({ kind }) => kind);
  t.false(kinds.includes('PodDisruptionBudget'));
  const objects = await rendered({ leaderElection: { enabled: false }, replicaCount: 3 });
  const relay = the<Workload>(objects, 'Deployment', 'webapp-operator-relay');
  t.is(relay.spec.replicas, 1);
  t.is(envOf(relay).LEADER_ELECTION, 'false');
  t.false(
    objects.some(({ kind, metadata }) => kind === 'Role' && metadata.name === 'webapp-relay'),
  );
});

test('a digest replaces the tag, and the usual knobs arrive where they belong', async (t) => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const objects = await rendered({
    image: { registry: 'registry.example.org', repository: 'acme/webapp', digest },
    ...{
      nodeSelector: { zone: 'a' },
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      priorityClassName: 'high',
    },
    ...{
      podAnnotations: { a: 'b' },
      commonLabels: { team: 'x' },
      imagePullSecrets: [{ name: 'pull' }],
    },
    extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy' }],
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' },
    ],
    serviceAccount: { annotations: { role: 'arn' } },
  });
  for (const workload of workloads(objects)) {
    const { metadata, spec } = workload.spec.template;
    t.like(spec, {
      nodeSelector: { zone: 'a' },
      priorityClassName: 'high',
      imagePullSecrets: [{ name: 'pull' }],
    });
    t.like(metadata, { annotations: { a: 'b' }, labels: { team: 'x' } });
    t.is(spec.containers[0].image, `registry.example.org/acme/webapp@${digest}`);
  }
  for (const { kind, metadata } of objects)
    t.is(metadata.labels?.team, 'x', `${kind} ${metadata.name}`);
  t.like(the(objects, 'ServiceAccount', 'webapp-functions').metadata, {
    annotations: { role: 'arn' },
  });
  t.is(envOf(workloads(objects)[0] as Workload).HTTPS_PROXY, 'http://proxy');
});

test('webhooks alone come in from outside', async (t) => {
  const objects = await rendered(EVERYTHING);
  const { spec } = the<{ spec: { rules: [{ http: { paths: object[] } }] } }>(
    objects,
    'Ingress',
    'webapp-operator',
  );
  t.deepEqual(
    spec.rules[0].http.paths.map((path) => (path as { path: string }).path),
    ['/webhooks'],
  );
});

test('CRDs stay when the release goes, unless told otherwise, or are left to others', async (t) => {
  const crds = (objects: KubeObject[]) =>
    objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const kept = crds(await rendered());
  t.deepEqual(
    kept.map(({ metadata }) => metadata.name),
    ['policybundles.example.com', 'webapps.example.com', 'webappsources.example.com'],
  );
  for (const { metadata } of kept) t.is(metadata.annotations?.['helm.sh/resource-policy'], 'keep');
  for (const { metadata } of crds(await rendered({ crds: { keep: false } })))
    t.is(metadata.annotations?.['helm.sh/resource-policy'], undefined);
  t.deepEqual(crds(await rendered({ crds: { enabled: false } })), []);
});

test('a certificate of your own takes the place of cert-manager', async (t) => {
  const webhook = { certManager: { enabled: false }, secretName: 'mine', caBundle: 'Q0E=' };
  const objects = await rendered({ webhook }, { apis: [] });
  const { webhooks } = the<{ webhooks: { clientConfig: object }[] }>(
    objects,
    'ValidatingWebhookConfiguration',
    'webapp-operator',
  );
  for (const { clientConfig } of webhooks) t.like(clientConfig, { caBundle: 'Q0E=' });
  t.regex(JSON.stringify(workloads(objects)[2]), /"secretName":"mine"/);
});
