// Policies of a repository as native objects: spec.policies.apply.
import test from 'ava';
import { ApiError } from '../../gitops/api-error.ts';
import { CONFIG_MAP, POLICY, POLICY_BINDING, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import type { Bench } from '../cluster/bench.ts';
import { eventually } from '../cluster/eventually.ts';
import { webapp } from '../cluster/objects.ts';
import { enforced, isDenied, policyName, putPolicy } from '../helpers/cluster-policies.ts';
import { testCluster } from '../helpers/control-plane.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { AT_MOST_THREE, type PolicyText, policyFile } from '../helpers/policy-files.ts';
import { CLUSTER_ROLE } from '../helpers/rbac-kinds.ts';
import { FUNCTIONS, grant } from '../helpers/rights.ts';
import { app, type Grounds, ready, type SyncStage, stage } from './stage.ts';

/** Grants one of the shipped ClusterRoles to the functions: in one namespace, or in all. */
async function allow({ name }: Bench, role: string, where: { namespace?: string } = {}) {
  if (name === 'fake') return;
  await grant((await testCluster()).admin, { role, to: FUNCTIONS, ...where });
}

/** At most as many pods as the ConfigMap says. */
const byParams = (name: string): PolicyText => ({
  ...AT_MOST_THREE,
  name,
  expression: 'object.spec.replicas <= int(params.data.max)',
  more: ['paramKind: {apiVersion: v1, kind: ConfigMap}'],
  bound: ['paramRef: {name: limits, parameterNotFoundAction: Deny}'],
});
const limits = (max: number) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: limits}\ndata: {max: '${max}'}\n`;

const APPLY = { path: 'apps', policies: { path: 'policies', apply: true } };

async function native(the: Grounds, policies: Record<string, string>): Promise<SyncStage> {
  const it = await stage(the, { 'apps/a.yaml': app('a'), ...policies }, APPLY);
  await allow(it.bench, 'webapp-policy-sync');
  const { namespace } = it.key;
  await allow(it.bench, 'webapp-policy-params-sync', { namespace });
  await it.sync();
  return it;
}

const byName = ({ bench }: SyncStage, of: typeof POLICY, name: string) =>
  bench.admin.get(of, { namespace: '', name });
const messageOf = async (it: SyncStage) => {
  const source = await it.source();
  return `${ready(source)}: ${source.status.conditions?.[0]?.message}`;
};
const pods = (namespace: string, replicas: number): KubeObject =>
  webapp(namespace, 'probe', { spec: { replicas } });

export function nativePolicies(the: () => Grounds, bench: 'fake' | 'real'): void {
  written(the);
  refused(the, bench);
  if (bench === 'real') enforcedOnes(the);
}

function written(the: () => Grounds): void {
  test('policies, bindings and parameters become native objects of their namespace, and follow Git', async (t) => {
    const name = policyName();
    const it = await native(the(), {
      'policies/three.yaml': policyFile(byParams(name)),
      'policies/limits.yaml': limits(3),
    });
    t.regex(await messageOf(it), /^True ReconciliationSucceeded/);
    const own = { key: 'kubernetes.io/metadata.name', operator: 'In', values: [it.key.namespace] };
    const selected = { namespaceSelector: { matchExpressions: [own] } };
    const policy = await byName(it, POLICY, name);
    t.like(policy?.spec, { matchConstraints: selected });
    t.like((await byName(it, POLICY_BINDING, name))?.spec, {
      matchResources: { ...selected, resourceRules: [{ scope: 'Namespaced' }] },
    });
    const params = { ...it.key, name: 'limits' };
    t.like(await it.bench.admin.get(CONFIG_MAP, params), { data: { max: '3' } });
    await it.sync('all');
    t.deepEqual(it.count.writes(), [], 'what is there already is not written');

    await it.repo.clone.push({ 'policies/limits.yaml': limits(5) });
    await it.sync('changed');
    t.like(await it.bench.admin.get(CONFIG_MAP, params), { data: { max: '5' } });
    t.is((await byName(it, POLICY, name))?.metadata.uid, policy?.metadata.uid);

    const other = policyName();
    const next = policyFile({ ...AT_MOST_THREE, name: other });
    await it.repo.clone.push({ 'policies/three.yaml': next, 'policies/limits.yaml': null });
    await it.sync('changed');
    t.is(await byName(it, POLICY, name), undefined);
    t.is(await byName(it, POLICY_BINDING, name), undefined);
    t.is(await it.bench.admin.get(CONFIG_MAP, params), undefined);
    t.truthy(await byName(it, POLICY_BINDING, other));

    await it.edit({ spec: { policies: { apply: false } } });
    t.is((await it.sync()).kind, 'synced');
    t.is(await byName(it, POLICY, other), undefined);
    t.is(await byName(it, POLICY_BINDING, other), undefined);
    t.truthy(await it.bundle(), 'the gates go on');
  });

  test('what could not be taken out at once goes with the next attempt', async (t) => {
    const name = policyName();
    const it = await native(the(), { 'policies/a.yaml': policyFile({ ...AT_MOST_THREE, name }) });
    await it.edit({ spec: { policies: { apply: false } } });
    const away = async () => {
      throw new ApiError('DELETE', 503, { reason: 'ServiceUnavailable', message: 'away' });
    };
    it.through({ cluster: (of) => withMethods(of, { delete: away }) });
    t.is((await it.sync()).kind, 'retry');
    t.truthy(await byName(it, POLICY, name));
    it.through({});
    it.pass(10_000);
    t.is((await it.sync()).kind, 'synced');
    t.is(await byName(it, POLICY, name), undefined);
  });

  test('a source that names no policies any more takes its own out of the cluster', async (t) => {
    const name = policyName();
    const it = await native(the(), {
      'policies/three.yaml': policyFile(byParams(name)),
      'policies/limits.yaml': limits(3),
    });
    t.truthy(await byName(it, POLICY, name));
    await it.edit({ spec: { policies: null } });
    t.is((await it.sync()).kind, 'synced');
    t.is(await byName(it, POLICY, name), undefined);
    t.is(await it.bench.admin.get(CONFIG_MAP, { ...it.key, name: 'limits' }), undefined);
    t.is(await it.bundle(), undefined);
  });
}

function refused(the: () => Grounds, bench: 'fake' | 'real'): void {
  test("a name that is somebody else's is refused, and nothing is applied", async (t) => {
    const { bench, git } = the();
    const taken = { ...AT_MOST_THREE, name: policyName() };
    await putPolicy(bench, await bench.namespace(), taken);
    const before = await bench.admin.get(POLICY, { namespace: '', name: taken.name });
    const free = { ...AT_MOST_THREE, name: policyName() };
    const files = { 'policies/a.yaml': policyFile(free), 'policies/b.yaml': policyFile(taken) };
    const it = await native({ bench, git }, files);
    t.regex(
      await messageOf(it),
      /^False PolicyRefused: policies\/b.yaml:3:\d+: ValidatingAdmissionPolicy \S+ is in the cluster already and belongs to somebody else; rename/,
    );
    t.deepEqual(await byName(it, POLICY, taken.name), before);
    t.is(await byName(it, POLICY, free.name), undefined);
    t.deepEqual(await it.images(), {});
  });

  const bad: Record<string, { policy: Partial<PolicyText>; says: RegExp }> = {
    'a parameter of another namespace': {
      policy: {
        more: ['paramKind: {apiVersion: v1, kind: ConfigMap}'],
        bound: ['paramRef: {name: x, namespace: kube-system, parameterNotFoundAction: Allow}'],
      },
      says: /policies\/a.yaml:17:\d+: a parameter in namespace kube-system is out of reach/,
    },
    'a parameter that is no ConfigMap': {
      policy: {
        more: ['paramKind: {apiVersion: v1, kind: Secret}'],
        bound: ['paramRef: {name: x, parameterNotFoundAction: Allow}'],
      },
      says: /policies\/a.yaml:6:\d+: spec.policies.apply takes parameters from ConfigMaps alone/,
    },
  };
  for (const [title, { policy, says }] of Object.entries(bad)) {
    test(`${title} is refused, and nothing is applied`, async (t) => {
      const text = policyFile({ ...AT_MOST_THREE, name: policyName(), ...policy });
      const it = await native(the(), { 'policies/a.yaml': text });
      t.regex(await messageOf(it), says);
      t.deepEqual(await it.images(), {});
    });
  }

  if (bench === 'real') {
    test('without the right to write parameters, the source says that', async (t) => {
      const files = { 'apps/a.yaml': app('a'), 'policies/limits.yaml': limits(3) };
      const it = await stage(the(), files, APPLY);
      await allow(it.bench, 'webapp-policy-sync');
      t.is((await it.sync()).kind, 'retry');
      t.regex(await messageOf(it), /^False Forbidden: configmaps "limits" is forbidden/);
      t.deepEqual(await it.images(), {});
    });
  }
}

function enforcedOnes(the: () => Grounds): void {
  test('the API server denies by them in their namespace and in no other, until they go', async (t) => {
    const name = policyName();
    const it = await native(the(), {
      'policies/three.yaml': policyFile(byParams(name)),
      'policies/limits.yaml': limits(3),
    });
    const { namespace } = it.key;
    // Until the API server has read the parameters, it denies all and says so.
    const denial = new RegExp(`'${name}' with binding '${name}' denied .*must be <= 3`);
    await eventually('the API server denies by them', async () =>
      denial.test(String(await isDenied(it.bench, WEBAPP, pods(namespace, 4)))),
    );
    t.false(await isDenied(it.bench, WEBAPP, pods(namespace, 3)));
    t.false(await isDenied(it.bench, WEBAPP, pods(await it.bench.namespace(), 4)));
    await it.edit({ spec: { policies: { apply: false } } });
    await it.sync();
    await eventually('the API server has forgotten them', async () => {
      return (await isDenied(it.bench, WEBAPP, pods(namespace, 4))) === false;
    });
  });

  test('objects that are in no namespace are out of their reach', async (t) => {
    const name = policyName();
    const rules = `[{apiGroups: [rbac.authorization.k8s.io, example.com], apiVersions: ['*'], operations: [CREATE], resources: [clusterroles, webapps]}]`;
    const mine = `!object.metadata.name.startsWith('${name}')`;
    const text = policyFile({ ...AT_MOST_THREE, name, expression: `"${mine}"` })
      .replace(/matchConstraints: .*/, `matchConstraints: {resourceRules: ${rules}}`)
      .replace('replicas must be <= 3', 'not here');
    const it = await native(the(), { 'policies/a.yaml': text });
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
    await enforced(it.bench, WEBAPP, webapp(it.key.namespace, name));
    const { apiVersion } = CLUSTER_ROLE;
    const role = { apiVersion, kind: CLUSTER_ROLE.kind, metadata: { name }, rules: [] };
    t.false(await isDenied(it.bench, CLUSTER_ROLE, role));
  });
}
