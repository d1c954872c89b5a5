// What each ServiceAccount may do, as the API server says it: `kubectl auth can-i --list`, in both modes.
import test from 'ava';
import { CHART } from '../../infra/helm/manifests.ts';
import { KNATIVE, NAMESPACE, type Values } from './chart.ts';
import { openPlane, type Plane } from './plane.ts';

const RELEASE = 'webapp-operator';
const ADMISSION = [
  'namespaces get',
  'policybundles.example.com get',
  'webapps.example.com get list',
  'webappsources.example.com get',
];
const POLICIES = [
  'validatingadmissionpolicies.admissionregistration.k8s.io list',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io list',
];
const CHILDREN = [
  'deployments.apps',
  'horizontalpodautoscalers.autoscaling',
  'ingresses.networking.k8s.io',
  'services',
];
const children = (verbs: string) => CHILDREN.map((name) => `${name} ${verbs}`);

/** Accounts with Knative: one for each function. */
const SPLIT: Readonly<Record<string, readonly string[]>> = {
  'webapp-webapps': [
    ...['deployments.apps create get patch', 'services create get patch'],
    'horizontalpodautoscalers.autoscaling create delete get patch',
    'ingresses.networking.k8s.io create delete get patch',
    ...['events create get patch', 'namespaces get', 'policybundles.example.com get'],
    ...POLICIES,
    ...['webapps.example.com get list patch', 'webapps.example.com/finalizers update'],
    ...['webapps.example.com/status patch', 'webappsources.example.com get'],
  ],
  'webapp-sources': [
    ...children('get'),
    ...['events create get patch', 'namespaces get'],
    'policybundles.example.com create delete get patch',
    ...POLICIES.map((line) => line.replace('list', 'get list')),
    'webapps.example.com create delete get list patch',
    ...['webappsources.example.com get list patch', 'webappsources.example.com/status patch'],
  ],
  'webapp-pushes': ['webappsources.example.com get list patch'],
  'webapp-reviews': [
    ...children('get'),
    'namespaces get',
    ...POLICIES,
    ...['webapps.example.com get list', 'webappsources.example.com get list patch'],
  ],
  'webapp-tick': ['webapps.example.com list', 'webappsources.example.com list'],
  'webapp-events': [
    ...children('get list watch'),
    'webapps.example.com get list watch',
    'webappsources.example.com get list watch',
  ],
  'webapp-admission': ADMISSION,
};

/** Accounts of plain containers: one for all functions. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  'webapp-functions': together(
    'webapp-webapps',
    'webapp-sources',
    'webapp-pushes',
    'webapp-reviews',
    'webapp-tick',
  ),
  'webapp-relay': [
    ...children('list watch'),
    'webapps.example.com list watch',
    'webappsources.example.com list watch',
  ],
  'webapp-admission': ADMISSION,
};

function together(...accounts: string[]): string[] {
  const verbs = new Map<string, Set<string>>();
  for (const line of accounts.flatMap((account) => SPLIT[account] ?? [])) {
    const [resource = '', ...more] = line.split(' ');
    verbs.set(resource, new Set([...(verbs.get(resource) ?? []), ...more]));
  }
  return [...verbs].map(([resource, each]) => [resource, ...[...each].sort()].join(' '));
}

/** What every ServiceAccount may do: ask who it is and what it may, and read whom the cluster trusts. */
const EVERYBODY =
  /^(self\w+\.(authentication|authorization)|clustertrustbundles\.certificates)\.k8s\.io$/;

/** Returns lines such as `services get list`, in the namespace of a tenant or another. */
async function rightsOf(plane: Plane, account: string, namespace = 'default'): Promise<string[]> {
  const who = `system:serviceaccount:${NAMESPACE}:${account}`;
  const table = await plane.kubectl(['auth', 'can-i', '--list', '--as', who, '-n', namespace]);
  const lines = table.split('\n').slice(1);
  const found = lines.flatMap((line) => {
    const [, resource = '', names = '', verbs = ''] =
      /^(\S+) +\[.*?\] +\[(.*?)\] +\[(.*)\]$/.exec(line) ?? [];
    if (resource === '' || EVERYBODY.test(resource)) return [];
    return [[resource, ...(names ? [`(${names})`] : []), ...verbs.split(' ').sort()].join(' ')];
  });
  return found.sort();
}

async function check(
  t: { deepEqual(a: unknown, b: unknown, why?: string): void; log(...text: string[]): void },
  values: Values,
  wanted: typeof SPLIT,
) {
  await using plane = await openPlane();
  const install = ['install', RELEASE, CHART, '--create-namespace', '--values', '-'];
  await plane.helm(install, values);
  const accounts = await plane.kubectl([
    '-n',
    NAMESPACE,
    'get',
    'sa',
    '-o',
    'jsonpath={.items[*].metadata.name}',
  ]);
  t.deepEqual(accounts.split(' ').sort(), [...Object.keys(wanted), 'default'].sort());
  for (const [account, rights] of Object.entries(wanted)) {
    const found = await rightsOf(plane, account);
    t.log(`${account}\n  ${found.join('\n  ')}`);
    t.deepEqual(found, [...rights].sort(), account);
  }
  return { inside: await rightsOf(plane, 'webapp-relay', NAMESPACE) };
}

test.serial('Knative: each function has the rights of what it does', async (t) => {
  t.timeout(300_000);
  await check(t, KNATIVE, SPLIT);
});

test.serial(
  'plain containers: the functions have them together; the relay looks, and holds its Lease',
  async (t) => {
    t.timeout(300_000);
    const { inside } = await check(t, {}, TOGETHER);
    const lease = [
      'leases.coordination.k8s.io (webapp-relay) get patch',
      'leases.coordination.k8s.io create',
    ];
    t.deepEqual(
      inside.filter((line) => line.startsWith('leases')),
      lease,
    );
  },
);
