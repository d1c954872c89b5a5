// Sources that are applied with the rights of a ServiceAccount of their namespace.
import { readFile } from 'node:fs/promises';
import test from 'ava';
import type { KubeObject } from '../../gitops/objects.ts';
import { SERVICE_ACCOUNTS, SYSTEM_NAMESPACE } from '../../infra/install.ts';
import type { Bench } from '../cluster/bench.ts';
import { testCluster } from '../helpers/control-plane.ts';
import { app, type Grounds, ready, type SyncStage, stage } from './stage.ts';

const RBAC = 'rbac.authorization.k8s.io';
const BINDING = { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', plural: 'rolebindings' };
const ROLE = { apiVersion: `${RBAC}/v1`, kind: 'Role', plural: 'roles' };
const ACCOUNT = 'deployer';

interface Grant {
  readonly metadata: KubeObject['metadata'];
  readonly who: object;
  readonly role: object;
}

async function bind({ admin }: Bench, { metadata, who, role }: Grant): Promise<void> {
  const { apiVersion, kind } = BINDING;
  const roleRef = { apiGroup: RBAC, ...role };
  const subjects = [{ kind: 'ServiceAccount', ...who }];
  await admin.create(BINDING, { apiVersion, kind, metadata, roleRef, subjects });
}

/** Lets the account write WebApps, as docs/source.md says. */
function empower({ bench, key: { namespace } }: SyncStage): Promise<void> {
  const role = { kind: 'ClusterRole', name: 'webapp-source-account' };
  const [metadata, who] = [
    { name: 'empowers', namespace },
    { name: ACCOUNT, namespace },
  ];
  return bind(bench, { metadata, who, role });
}

/** Lets the functions act as that account and no other, as docs/source.md says. */
async function entrust({ bench, key: { namespace } }: SyncStage): Promise<void> {
  const rules = [
    {
      apiGroups: [''],
      resources: ['serviceaccounts'],
      resourceNames: [ACCOUNT],
      verbs: ['impersonate'],
    },
  ];
  const { apiVersion, kind } = ROLE;
  const metadata = { name: 'entrusts', namespace };
  await bench.admin.create(ROLE, { apiVersion, kind, metadata, rules });
  const who = { name: SERVICE_ACCOUNTS.functions, namespace: SYSTEM_NAMESPACE };
  await bind(bench, { metadata, who, role: { kind, name: metadata.name } });
}

interface Audited {
  readonly verb: string;
  readonly responseStatus?: { readonly code?: number };
  readonly user: { readonly username?: string };
  readonly impersonatedUser?: { readonly username: string };
  readonly objectRef?: {
    readonly namespace?: string;
    readonly resource?: string;
    readonly subresource?: string;
  };
}

/** Returns whose rights counted in the writes of WebApps that the functions did in the namespace, by the audit log. */
async function writersIn(namespace: string): Promise<string[]> {
  const { auditLog } = await testCluster();
  const lines = (await readFile(auditLog, 'utf8')).split('\n').filter(Boolean);
  const writers = lines
    .map((line) => JSON.parse(line) as Audited)
    .filter(({ user }) => user.username === FUNCTIONS)
    .filter(({ objectRef: at }) => at?.namespace === namespace && at.resource === 'webapps')
    .filter(({ verb, responseStatus }) => WRITES.has(verb) && (responseStatus?.code ?? 0) < 400)
    .map(({ impersonatedUser }) => impersonatedUser?.username ?? 'the functions');
  return [...new Set(writers)];
}

const FUNCTIONS = `system:serviceaccount:${SYSTEM_NAMESPACE}:${SERVICE_ACCOUNTS.functions}`;
const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete']);

export function tenants(the: () => Grounds, name: 'fake' | 'real'): void {
  // The fake knows no rights.
  if (name === 'fake') return;

  const source = (spec: object) => stage(the(), { 'a.yaml': app('a'), 'b.yaml': app('b') }, spec);

  test('S43: a source does with WebApps what its account may, and all as that account', async (t) => {
    const it = await source({ serviceAccountName: ACCOUNT });
    await Promise.all([empower(it), entrust(it)]);
    t.is((await it.sync()).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    await it.repo.clone.push({ 'a.yaml': app('a', 'a:2'), 'b.yaml': null });
    t.is((await it.sync('changed')).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:2' });
    const { namespace } = it.key;
    t.deepEqual(await writersIn(namespace), [`system:serviceaccount:${namespace}:${ACCOUNT}`]);
  });

  test('S43: an account without rights applies nothing, and the source says who may not', async (t) => {
    const it = await source({ serviceAccountName: ACCOUNT });
    await entrust(it);
    t.is((await it.sync()).kind, 'retry');
    t.deepEqual(await it.images(), {});
    const said = (await it.source()).status.conditions?.[0]?.message ?? '';
    t.true(
      said.includes(`User "system:serviceaccount:${it.key.namespace}:${ACCOUNT}" cannot`),
      said,
    );
    await empower(it);
    it.pass(10_000);
    t.is((await it.sync()).kind, 'synced');
  });

  test('S43: where the functions may not act as the account, nothing is done with their own rights', async (t) => {
    const it = await source({ serviceAccountName: ACCOUNT });
    await empower(it);
    t.is((await it.sync()).kind, 'retry');
    t.deepEqual(await it.images(), {});
    t.is(ready(await it.source()), 'False Forbidden');
    t.regex((await it.source()).status.conditions?.[0]?.message ?? '', /cannot impersonate/);
  });

  test('S43: a source that names no account has the default one of its own namespace', async (t) => {
    const it = await source({});
    it.through({ defaultAccount: ACCOUNT });
    t.is((await it.sync()).kind, 'retry');
    t.deepEqual(await it.images(), {});
    await Promise.all([empower(it), entrust(it)]);
    it.pass(10_000);
    t.is((await it.sync()).kind, 'synced');
    const { namespace } = it.key;
    t.deepEqual(await writersIn(namespace), [`system:serviceaccount:${namespace}:${ACCOUNT}`]);
  });

  for (const serviceAccountName of [
    '',
    'system:admin',
    'other:deployer',
    'a\r\nImpersonate-Group: x',
    '../x',
  ])
    test(`S43: ${JSON.stringify(serviceAccountName)} is no account`, async (t) => {
      const error = await t.throwsAsync(source({ serviceAccountName }));
      t.regex(error?.message ?? '', /spec\.serviceAccountName/);
    });
}
