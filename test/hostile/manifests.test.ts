// Files of a repository that mean harm.
import test from 'ava';
import { DEPLOYMENT, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace } from '../helpers/control-plane.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { manifest } from './manifest.ts';
import { openStage } from './stage.ts';

let git: Awaited<ReturnType<typeof startTestServer>>;
test.before(async () => {
  git = await startTestServer();
});
test.after.always(() => git?.stop());

/** Returns the problems of a source as "path: message". */
const problems = ({ status }: WebAppSource) =>
  (status.problems ?? []).map(({ path, message }) => `${path}: ${message}`);

const laughs = Array.from({ length: 30 }, (_, index) =>
  index === 0 ? 'a0: &a0 [x, x]' : `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]`,
).join('\n');
const merges = [
  'base: &m {a: 1}',
  ...Array.from(
    { length: 3_000 },
    (_, index) => `m${index}: &m${index} {<<: ${index ? `*m${index - 1}` : '*m'}, k${index}: 1}`,
  ),
].join('\n');

/** Each file, and what is said of it. */
const bombs: Record<string, { text: string; says: RegExp }> = {
  'a billion laughs': { text: laughs, says: /more than 100000 values/ },
  'merges of merges': { text: merges, says: /merge|more than 100000 values|expected|handled/ },
  'a hundred thousand brackets': {
    text: 'a: '.concat('['.repeat(100_000)),
    says: /not valid YAML/,
  },
  'a hundred thousand keys': {
    text: Array.from({ length: 100_001 }, (_, index) => `k${index}:`).join('\n'),
    says: /more than 100000 values/,
  },
  'a name that its answer repeats': {
    text: `${manifest('bomb').replace('{name: bomb}', `{name: bomb, labels: {x: "${'.spec.env: expected '.repeat(5_000)}"}}`)}`,
    says: /metadata.labels/,
  },
  // One of the two is cut in the middle of a character wherever the words about it end.
  'a kind of a thousand emoji': {
    text: `kind: ${'😀'.repeat(1_500)}`,
    says: /is not handled here/,
  },
  'a kind of a letter and a thousand emoji': {
    text: `kind: x${'😀'.repeat(1_500)}`,
    says: /is not handled here/,
  },
  'more than a megabyte': { text: `a: ${'x'.repeat(2 ** 20)}`, says: /at most 1048576 are read/ },
};

for (const [title, { text, says }] of Object.entries(bombs)) {
  test.serial(
    `S31 a file of ${title} is refused within two seconds of processor time, and stops no other`,
    async (t) => {
      await using repo = await git.make({ 'bomb.yaml': text, 'good.yaml': manifest('good') });
      const stage = await openStage(t);
      const start = process.cpuUsage();
      const source = await stage.follow(repo.url);
      const { user, system } = process.cpuUsage(start);
      t.regex(problems(source).join(), says);
      t.deepEqual(await stage.webapps(), ['good']);
      // A whole sync, with its requests and their logs, is in this.
      t.true((user + system) / 1_000 < 2_000, `${(user + system) / 1_000} ms`);
      t.log(`${((user + system) / 1_000).toFixed(0)} ms of processor time for the whole sync`);
    },
  );
}

test('S32 __proto__ and constructor are keys like any other: no prototype is changed', async (t) => {
  const evil = '__proto__: {polluted: true}\nconstructor: {prototype: {polluted: true}}\n';
  await using repo = await git.make({
    'a.yaml': manifest('a') + evil,
    'b.yaml': manifest('b').replace('spec:', 'spec:\n  __proto__: {replicas: 99, polluted: true}'),
    'c.yaml': manifest('c').replace(
      '{name: c}',
      '{name: c, labels: {__proto__: x, constructor: x}}',
    ),
    'd.yaml': `base: &b {__proto__: {polluted: true}}\nmerged: {<<: *b}\n`,
    'e.yaml': 'apiVersion: {toString: x}\nkind: {toString: x, valueOf: x}\n',
    'z.yaml': manifest('z'),
  });
  const stage = await openStage(t);
  await stage.follow(repo.url);
  t.false('polluted' in {});
  t.is(Object.keys(Object.prototype).length, 0);
  const made = (await stage.get(WEBAPP, 'b'))?.spec as { replicas?: number } | undefined;
  t.not(made?.replicas, 99);
  t.truthy(await stage.get(WEBAPP, 'z'));
});

test('S33 what YAML readers disagree on is an error or a text, never silently another value', async (t) => {
  const env = (value: string) => manifest('e', `  env: [{name: A, value: ${value}}]\n`);
  await using repo = await git.make({
    'tag.yaml': manifest('tag').replace('image: nginx', 'image: !!js/function nginx'),
    'twice.yaml': manifest('twice').concat('spec: {image: "evil:1"}\n'),
    'on.yaml': env('on').replace('name: e', 'name: on'),
    'octal.yaml': env('0777').replace('name: e', 'name: octal'),
    'anchors.yaml': `a: &x {name: leaked}\n---\n${manifest('y').replace('{name: y}', '*x')}`,
    'good.yaml': manifest('good'),
  });
  await repo.clone.push({
    'bom.yaml': `\ufeff${manifest('bom')}`,
    'utf16.yaml': Buffer.from(`\ufeff${manifest('utf16')}`, 'utf16le'),
  });
  const stage = await openStage(t);
  const source = await stage.follow(repo.url);
  t.deepEqual((await stage.webapps()).sort(), ['bom', 'good']);
  const told = problems(source).join('\n');
  for (const path of ['tag', 'twice', 'on', 'octal', 'anchors', 'utf16'])
    t.regex(told, new RegExp(`^${path}\\.yaml: `, 'm'));
});

test('S34 other kinds, other namespaces and metadata that is the API server’s are refused by name', async (t) => {
  const namespace = 'kube-system';
  const kind = (name: string) => `apiVersion: v1\nkind: ${name}\nmetadata: {name: x}\n`;
  await using repo = await git.make({
    'role.yaml':
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: x}\n',
    'ns.yaml': kind('Namespace'),
    'list.yaml': `apiVersion: v1\nkind: List\nitems:\n- ${manifest('in-list').replaceAll('\n', '\n  ')}`,
    'elsewhere.yaml': manifest('a').replace('{name: a}', `{name: a, namespace: ${namespace}}`),
    ...Object.fromEntries(
      [
        'generateName: x',
        'uid: x',
        "resourceVersion: '1'",
        'ownerReferences: []',
        'finalizers: [x]',
        'managedFields: []',
      ].map((field, index) => [
        `m${index}.yaml`,
        manifest(`m${index}`).replace('{name:', `{${field}, name:`),
      ]),
    ),
    'ours.yaml': manifest('ours').replace(
      '{name: ours}',
      '{name: ours, labels: {webapps.example.com/source: other}}',
    ),
    'good.yaml': manifest('good'),
  });
  const stage = await openStage(t);
  const source = await stage.follow(repo.url);
  t.deepEqual(await stage.webapps(), ['good']);
  t.is(problems(source).length, 11, problems(source).join('\n'));
});

test('S35 a name that somebody else has is not taken over, and the object is as it was', async (t) => {
  await using repo = await git.make({
    'taken.yaml': manifest('taken', '  replicas: 9\n'),
    'child.yaml': manifest('child'),
  });
  const stage = await openStage(t);
  const { cluster, namespace } = stage;
  const foreign = await cluster.admin.cluster.create(WEBAPP, webapp(namespace, 'taken'));
  const selector = { app: 'x' };
  const deployment = await cluster.admin.cluster.create(DEPLOYMENT, {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'child', namespace } },
    spec: {
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: selector },
        spec: { containers: [{ name: 'x', image: 'x' }] },
      },
    },
  });
  const source = await stage.follow(repo.url);
  t.regex(problems(source).join(), /taken/);
  t.deepEqual((await stage.get(WEBAPP, 'taken'))?.spec, foreign.spec);
  await stage.tell('WebApp', 'child');
  const after = await stage.get(DEPLOYMENT, 'child');
  t.deepEqual([after?.metadata.uid, after?.spec], [deployment.metadata.uid, deployment.spec]);
  t.is(after?.metadata.ownerReferences, undefined);
});

test("S36 an inventory or a label that was forged deletes nobody else's object", async (t) => {
  await using repo = await git.make({
    'good.yaml': manifest('good'),
    'gone.yaml': manifest('gone'),
  });
  const stage = await openStage(t);
  const { cluster, namespace } = stage;
  const { admin } = cluster;
  await admin.cluster.create(WEBAPP, webapp(namespace, 'foreign'));
  const other = await freshNamespace(cluster);
  await admin.cluster.create(WEBAPP, webapp(other, 'elsewhere'));
  const labels = { 'webapps.example.com/source': 'other-source' };
  await admin.cluster.create(WEBAPP, webapp(namespace, 'labelled', { metadata: { labels } }));
  const source = await stage.follow(repo.url);
  const forged = ['foreign', 'elsewhere', 'labelled'].map((name) => ({ name, path: 'gone.yaml' }));
  await admin.cluster.applyStatus(WEBAPP_SOURCE, source, {
    ...source.status,
    inventory: [...(source.status.inventory ?? []), ...forged],
  });
  await repo.clone.push({ 'gone.yaml': null });
  const fresh = (await stage.get(WEBAPP_SOURCE, 'apps')) as WebAppSource;
  const fields = { metadata: { annotations: { 'webapps.example.com/requestedAt': 'now' } } };
  await admin.cluster.patch(WEBAPP_SOURCE, fresh, { type: 'merge', fields });
  await stage.tell('WebAppSource', 'apps');
  t.deepEqual((await stage.webapps()).sort(), ['foreign', 'good', 'labelled']);
  t.truthy(await admin.cluster.get(WEBAPP, { namespace: other, name: 'elsewhere' }));
});

test('S37 a WebApp has no field for host paths, privileges or other accounts, and unknown ones are refused', async (t) => {
  const fields = [
    'hostNetwork: true',
    'privileged: true',
    'serviceAccountName: admin',
    'volumes: [{name: x, hostPath: {path: /}}]',
    'securityProfile: privileged',
  ];
  const files = fields.map((field, index) => [
    `f${index}.yaml`,
    manifest(`f${index}`, `  ${field}\n`),
  ]);
  await using repo = await git.make(Object.fromEntries(files));
  const stage = await openStage(t);
  const source = await stage.follow(repo.url);
  t.deepEqual(await stage.webapps(), []);
  t.is(problems(source).length, fields.length, problems(source).join('\n'));
});

test('S38 values of a Secret that is committed, or of the environment, are told nowhere', async (t) => {
  const canary = 'canary-5d81e0';
  const encoded = Buffer.from(canary).toString('base64');
  await using repo = await git.make({
    'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {password: ${canary}}\ndata: {p: ${encoded}, bad: [${canary}]}\n`,
    'app.yaml': manifest('app', `  env: [{name: TOKEN, value: ${canary}}]\n`),
    'bad.yaml': manifest(
      'bad',
      `  env: [{name: TOKEN, value: ${canary}, valueFrom: 5}]\n  replicas: many\n`,
    ),
  });
  const stage = await openStage(t);
  const source = await stage.follow(repo.url);
  await stage.tell('WebApp', 'app');
  t.true(problems(source).length >= 2);
  const told = await stage.told();
  t.true(told.includes('"trace"') || told.includes('Reconciliation completed'));
  t.false(told.includes(canary));
  t.false(told.includes(encoded));
});
