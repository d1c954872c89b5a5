// What the functions may not write, as an administrator may have it for a kind of children.
import { readFile } from 'node:fs/promises';
import test from 'ava';
import { loadAll } from 'js-yaml';
import { DEPLOYMENT, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { type Bench, realBench } from '../cluster/bench.ts';
import { eventually } from '../cluster/eventually.ts';
import { countRequests } from '../helpers/counting-cluster.ts';
import { CLUSTER_ROLE, CLUSTER_ROLE_BINDING } from '../helpers/rbac-kinds.ts';
import { conditionOf, stage } from './stage.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The rights that are shipped for visits. */
async function shippedRules(): Promise<readonly Rule[]> {
  const text = await readFile('infra/rbac/functions.yaml', 'utf8');
  const roles = loadAll(text) as (KubeObject & { rules: readonly Rule[] })[];
  const role = roles.find((each) => each.kind === 'ClusterRole' && each.metadata.name === NAME);
  return role?.rules ?? [];
}
const NAME = 'webapp-webapps';

/** Gives an account these rights; returns how to give it others, and to take them away. */
async function bound({ admin }: Bench, account: ObjectKey, rules: readonly Rule[]) {
  const name = `limited-${account.namespace}`;
  const { apiVersion } = CLUSTER_ROLE;
  const metadata = { name };
  const give = (given: readonly Rule[]) => {
    const role = { apiVersion, kind: CLUSTER_ROLE.kind, metadata, rules: given };
    return admin.apply(CLUSTER_ROLE, role, { manager: 'kubectl', live: 'any' });
  };
  const role = await give(rules);
  const binding = await admin.create(CLUSTER_ROLE_BINDING, {
    ...{ apiVersion, kind: CLUSTER_ROLE_BINDING.kind, metadata },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  });
  return {
    give,
    [Symbol.asyncDispose]: async () => {
      await admin.delete(CLUSTER_ROLE_BINDING, binding);
      const { uid: _, resourceVersion: __, ...bare } = role.metadata;
      await admin.delete(CLUSTER_ROLE, { ...role, metadata: bare });
    },
  };
}

test('R29: a kind of children that may not be written is named with the verb, and tried as the back-off says', async (t) => {
  const bench = await realBench();
  const it = await stage(bench);
  const account = { namespace: it.key.namespace, name: 'limited' };
  const all = await shippedRules();
  const reading = all.map((rule) =>
    rule.resources.includes(SERVICE.plural) ? { ...rule, verbs: ['get'] } : rule,
  );
  await using rights = await bound(bench, account, reading);
  const limited = countRequests(bench.admin.as(account));
  await eventually('the rights hold', () =>
    limited.cluster.get(WEBAPP, it.key).catch(() => undefined),
  );
  it.through(() => limited.cluster);
  const failures = async () => annotation(await it.webapp(), ANNOTATION.retry);

  for (const afterMs of [1_500, 2_500, 4_500]) {
    t.like(await it.visit(), { kind: 'retry', afterMs });
    const { message = '', ...ready } = conditionOf(await it.webapp(), 'Ready') ?? {};
    t.like(ready, { status: 'False', reason: 'Forbidden' });
    t.regex(message, /^services "shop" is forbidden: .* cannot patch resource "services"/);
    limited.reset();
    it.pass(afterMs - 1);
    t.is((await it.visit()).kind, 'quiet');
    t.deepEqual(limited.requests, ['get WebApp shop']);
    it.pass(1);
  }
  t.regex(await failures(), /"failures":3/);
  t.truthy(await it.read(DEPLOYMENT), 'what may be written is');

  await rights.give(all);
  await eventually('what may be written is written', async () => {
    const { kind } = await it.visit();
    it.pass(600_000);
    return kind === 'settled';
  });
  t.truthy(await it.read(SERVICE));
  t.is(await failures(), '');
});
