// What somebody may do who has rights in one namespace, and what the shipped manifests take away.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { loadAll } from 'js-yaml';
import { DEPLOYMENT, NAMESPACE, SECRET, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION, annotating, annotation, type WebApp } from '../../gitops/webapp.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { listen } from '../helpers/listen.ts';
import { hostileStage, makeSource } from './stage.ts';

const INFRA = join(import.meta.dirname, '../../infra');

async function manifestsIn(folder: string): Promise<KubeObject[]> {
  const names = (await readdir(join(INFRA, folder))).filter((name) => name.endsWith('.yaml'));
  const texts = await Promise.all(names.map((name) => readFile(join(INFRA, folder, name), 'utf8')));
  return texts.flatMap((text) => loadAll(text) as KubeObject[]);
}

test("S44 a source cannot name another namespace's Secret, repository or kubeconfig", async (t) => {
  const heard: string[] = [];
  using server = await listen((request, response) => {
    heard.push(String(request.headers.authorization));
    response.writeHead(404).end();
  });
  using stage = await hostileStage();
  const { cluster, namespace } = stage;
  const { admin } = cluster;
  const other = await freshNamespace(cluster);
  const data = { password: Buffer.from('of-another-tenant').toString('base64') };
  const metadata = { name: 'login', namespace: other };
  await admin.cluster.create(SECRET, { apiVersion: 'v1', kind: 'Secret', metadata, data });
  const source = await stage.follow(`${server.url}/a.git`, {
    secretRef: { name: 'login', namespace: other },
    kubeConfig: { secretRef: { name: 'login' } },
  });
  // There is no field for it: the API server leaves it out.
  t.deepEqual(source.spec.secretRef, { name: 'login' });
  t.false('kubeConfig' in source.spec);
  t.is(source.status.conditions?.find(({ type }) => type === 'Ready')?.reason, 'SecretNotFound');
  t.deepEqual(heard, []);
  const asked = (await stage.asked()).filter(({ what }) => what.endsWith('secrets'));
  t.deepEqual([...new Set(asked.map((each) => each.namespace))], [namespace]);
  for (const name of ['../x/login', `${other}/login`]) {
    const made = makeSource(
      cluster,
      { namespace, name: 'b' },
      { url: server.url, secretRef: { name } },
    );
    await made.catch(() => {});
    await stage.tell('WebAppSource', 'b');
  }
  t.false((await stage.asked()).some((each) => each.namespace === other));
});

const corrupt: Record<string, (of: WebApp['metadata']) => string> = {
  'half JSON': () => '{"failures":',
  NaN: () => 'NaN',
  'ten kilobytes': () => 'x'.repeat(10_240),
  'what can be made no text or number': ({ uid, generation }) =>
    `{"uid":"${uid}","generation":${generation},"failures":{"valueOf":1,"toString":1},"nextAttemptAt":{"toString":1}}`,
  'another uid': ({ generation }) =>
    JSON.stringify({ uid: 'x', generation, failures: 9, nextAttemptAt: '9999-01-01T00:00:00Z' }),
  'names of the prototype': () => '{"__proto__":{"failures":3},"constructor":1,"toString":{}}',
  'numbers beyond counting': ({ uid, generation }) =>
    `{"uid":"${uid}","generation":${generation},"failures":1e309,"nextAttemptAt":1e309}`,
};

test.serial(
  'S45 a back-off annotation that somebody wrote stops no visit and ends no process',
  async (t) => {
    using stage = await hostileStage();
    const { cluster, namespace } = stage;
    for (const [index, [title, text]] of Object.entries(corrupt).entries()) {
      const name = `app-${index}`;
      const made = await cluster.admin.cluster.create(WEBAPP, webapp(namespace, name));
      const fields = annotating(ANNOTATION.retry, text(made.metadata));
      await cluster.admin.cluster.patch(WEBAPP, made, { type: 'merge', fields });
      t.is((await stage.tell('WebApp', name)).status, 200, title);
      t.truthy(await stage.get(DEPLOYMENT, name), title);
      t.is(annotation((await stage.get(WEBAPP, name)) ?? made, ANNOTATION.retry), '', title);
    }
  },
);

test.serial(
  'S45 a wait until the year 9999 is none, and one of an hour harms the object alone',
  async (t) => {
    using stage = await hostileStage();
    const { cluster, namespace } = stage;
    const waiting = async (name: string, nextAttemptAt: string) => {
      const made = await cluster.admin.cluster.create(WEBAPP, webapp(namespace, name));
      const { uid, generation } = made.metadata;
      const retry = JSON.stringify({ uid, generation, failures: 1_000_000, nextAttemptAt });
      const fields = annotating(ANNOTATION.retry, retry);
      return cluster.admin.cluster.patch(WEBAPP, made, { type: 'merge', fields });
    };
    await waiting('forged', '9999-12-31T23:59:59Z');
    const live = await waiting('late', new Date(Date.now() + 55 * 60_000).toISOString());
    await cluster.admin.cluster.create(WEBAPP, webapp(namespace, 'other'));
    await stage.tell('WebApp', 'forged');
    t.truthy(await stage.get(DEPLOYMENT, 'forged'));
    t.is(annotation((await stage.get(WEBAPP, 'forged')) ?? live, ANNOTATION.retry), '');
    await stage.tell('WebApp', 'late');
    await stage.tell('WebApp', 'other');
    t.is(await stage.get(DEPLOYMENT, 'late'), undefined);
    t.truthy(await stage.get(DEPLOYMENT, 'other'));
    // Whoever asks for a visit does not wait.
    const again = annotating(ANNOTATION.requestedAt, 'now');
    await cluster.admin.cluster.patch(WEBAPP, live, { type: 'merge', fields: again });
    t.is((await stage.tell('WebApp', 'late')).status, 200);
    t.truthy(await stage.get(DEPLOYMENT, 'late'));
  },
);

test('S46 the shipped Deployments pass the restricted Pod Security Standard, as a dry run', async (t) => {
  const cluster = await testCluster();
  const namespace = await freshNamespace(cluster);
  const live = await cluster.admin.cluster.get(NAMESPACE, { namespace: '', name: namespace });
  const fields = { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } };
  await cluster.admin.cluster.patch(NAMESPACE, live as KubeObject, { type: 'merge', fields });
  const shipped = [...(await manifestsIn('manager')), ...(await manifestsIn('admission'))];
  const deployments = shipped.filter(({ kind }) => kind === 'Deployment');
  t.is(deployments.length, 3);
  for (const { metadata, spec } of deployments) {
    const { spec: pod } = (spec as { template: { spec: Record<string, unknown> } }).template;
    const made = await cluster.admin.api.json({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/pods`,
      query: { dryRun: 'All' },
      body: {
        ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: metadata.name, namespace } },
        spec: { ...pod, serviceAccountName: 'default', automountServiceAccountToken: false },
      },
    });
    t.truthy(made);
    for (const { securityContext } of pod.containers as { securityContext: object }[])
      t.like(securityContext, { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
  }
});

test('S46 the shipped rights have no wildcard, nothing to become more by, and no list of Secrets', async (t) => {
  const roles = (await manifestsIn('rbac')).filter(({ kind }) => kind.endsWith('Role'));
  t.true(roles.length >= 5);
  for (const { metadata, rules } of roles as (KubeObject & {
    rules: Record<string, string[]>[];
  })[]) {
    for (const { apiGroups = [], resources = [], verbs = [] } of rules) {
      t.false([...apiGroups, ...resources, ...verbs].includes('*'), metadata.name);
      for (const verb of ['escalate', 'bind', 'impersonate'])
        t.false(verbs.includes(verb), metadata.name);
      if (resources.includes('secrets')) t.deepEqual(verbs, ['get'], metadata.name);
    }
  }
});
