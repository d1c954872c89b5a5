// Sources that are applied with the rights of a ServiceAccount of their namespace.
import test from 'ava';
import type { KubeObject } from '../../gitops/objects.ts';
import { eventsOf } from '../helpers/audit.ts';
import { testCluster } from '../helpers/control-plane.ts';
import { ROLE } from '../helpers/rbac-kinds.ts';
import { FUNCTIONS, grant } from '../helpers/rights.ts';
import { app, type Grounds, ready, type SyncStage, stage } from './stage.ts';

const ACCOUNT = 'deployer';

/** Lets the account write WebApps, as docs/source.md says. */
async function empower({ key: { namespace } }: SyncStage): Promise<void> {
  const to = { namespace, name: ACCOUNT };
  await grant((await testCluster()).admin, { role: 'webapp-source-account', to, namespace });
}

/** Lets the functions act as that account and no other, as docs/source.md says. */
async function entrust({ bench, key: { namespace } }: SyncStage): Promise<void> {
  const { apiVersion, kind } = ROLE;
  const metadata = { name: 'entrusts', namespace };
  const rule = { apiGroups: [''], resources: ['serviceaccounts'], resourceNames: [ACCOUNT] };
  const rules = [{ ...rule, verbs: ['impersonate'] }];
  await bench.admin.create(ROLE, { apiVersion, kind, metadata, rules } as KubeObject);
  const given = { role: metadata.name, kind: 'Role', to: FUNCTIONS, namespace } as const;
  await grant((await testCluster()).admin, given);
}

/** Returns whose rights counted in the writes of WebApps that the functions did in the namespace, by the audit log. */
async function writersIn(namespace: string): Promise<string[]> {
  const { auditLog } = await testCluster();
  const writers = (await eventsOf(auditLog, USER))
    .filter(({ objectRef: at }) => at?.namespace === namespace && at.resource === 'webapps')
    .filter(({ verb, responseStatus }) => WRITES.has(verb) && (responseStatus?.code ?? 0) < 400)
    .map(({ impersonatedUser }) => impersonatedUser?.username ?? 'the functions');
  return [...new Set(writers)];
}

const USER = `system:serviceaccount:${FUNCTIONS.namespace}:${FUNCTIONS.name}`;
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
