// `webapp eval`, run as a script runs it.
import test from 'ava';
import type { Evaluation } from '../../gitops/offline/evaluation.ts';
import { folderOf, type Ran, webapp } from '../helpers/cli.ts';
import { AT_MOST_THREE, policyFile, THREE_PODS, waiverFile } from '../helpers/policy-files.ts';
import { schema } from '../helpers/report-checks.ts';

const broken = schema('docs/evaluation.schema.json');

const app = (name: string, replicas: number | string, more = '') =>
  `apiVersion: example.com/v1\nkind: WebApp\nmetadata:\n  name: ${name}\nspec:\n  image: a:1\n  replicas: ${replicas}\n${more}`;

const CONFIG_MAP = (name: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: b}\n`;

const POLICIES = { 'policies/replicas.yaml': policyFile(AT_MOST_THREE) };

const BASE = ['eval', '--policies', 'policies', '--objects', 'apps'];

function linesOf({ stdout }: Ran): Evaluation[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

test('each object and what is made of it is a line that keeps to the schema', async (t) => {
  const folder = await folderOf(t, {
    ...POLICIES,
    'policies/pods.yaml': policyFile({ ...THREE_PODS, actions: 'Warn, Audit' }),
    'apps/many.yaml': `# a comment\n${app('many', 5)}---\n${app('few', 2)}`,
  });
  const ran = await webapp(folder, BASE);
  t.is(ran.code, 1, ran.stderr);
  const lines = linesOf(ran);
  t.deepEqual(
    lines.map(({ object, outcome }) => `${object.kind} ${object.name} ${outcome}`),
    [
      'WebApp many denied',
      'Deployment many allowed',
      'Service many allowed',
      'WebApp few allowed',
      'Deployment few allowed',
      'Service few allowed',
    ],
  );
  for (const line of lines) t.deepEqual(broken(line), []);
  const [denied, warned] = lines;
  t.is(denied?.denial?.code, 422);
  t.regex(denied?.denial?.message ?? '', /denied request: replicas must be <= 3$/);
  const decision = denied?.decisions[0];
  t.deepEqual(decision?.policyPlace, { path: 'policies/replicas.yaml', line: 7, column: 19 });
  t.deepEqual(decision?.objectPlace, { path: 'apps/many.yaml', line: 8, column: 13 });
  t.deepEqual(warned?.decisions[0]?.objectPlace, decision?.objectPlace);
  t.is(warned?.object.madeFrom, 'many');
  t.is(warned?.warnings.length, 1);
  t.true(
    'validation.policy.admission.k8s.io/validation_failure' in (warned?.auditAnnotations ?? {}),
  );
  t.is(new Set(lines.map(({ policiesDigest }) => policiesDigest)).size, 1);
});

test('native objects, Lists and JSON come from stdin; without a finding the exit code is 0', async (t) => {
  const folder = await folderOf(t, POLICIES);
  const list = {
    apiVersion: 'v1',
    kind: 'List',
    items: [1, 2].map((n) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `c${n}` },
    })),
  };
  const args = ['eval', '--policies', 'policies/replicas.yaml', '--objects', '-'];
  const ran = await webapp(folder, args, JSON.stringify(list));
  t.is(ran.code, 0, ran.stderr);
  t.deepEqual(
    linesOf(ran).map(({ object, place }) => [object.name, place.path, object.namespace]),
    [
      ['c1', 'stdin', 'default'],
      ['c2', 'stdin', 'default'],
    ],
  );
});

const WHO = policyFile({
  name: 'who',
  expression: "request.userInfo.username == 'ana'",
  message: 'only ana',
});

test('who writes is not known unless it is told; what depends on it cannot be judged', async (t) => {
  const folder = await folderOf(t, {
    'policies/who.yaml': WHO,
    'apps/a.yaml': app('a', 1),
    'ana.yaml': 'username: ana\ngroups: [admins]\n',
    'bad.yaml': 'username: 5\n',
  });
  const unknown = await webapp(folder, [...BASE, '--no-children']);
  t.is(unknown.code, 2);
  const [line] = linesOf(unknown);
  t.is(line?.outcome, 'cannotJudge');
  t.regex(line?.reasons?.join() ?? '', /request\.userInfo is not known here/);
  t.deepEqual(broken(line), []);
  t.is((await webapp(folder, [...BASE, '--no-children', '--user', 'ana.yaml'])).code, 0);
  const bad = await webapp(folder, [...BASE, '--user', 'bad.yaml']);
  t.is(bad.code, 2);
  t.regex(
    bad.stderr,
    /^✗ bad\.yaml:1:11: username: expected a text, not a number: put it in quotes\n {4}> 1 \| username: 5\n/,
  );
});

const GROWS = policyFile({
  name: 'grows',
  expression: 'oldObject == null || object.spec.replicas >= oldObject.spec.replicas',
  message: 'must not shrink',
});

test('an old object makes an update; a delete shows the object as the old one', async (t) => {
  const never = policyFile({
    name: 'never',
    expression: 'object != null',
    message: 'stays',
  }).replace('CREATE, UPDATE', 'DELETE');
  const folder = await folderOf(t, {
    'policies/grows.yaml': GROWS,
    'policies/never.yaml': never,
    'apps/a.yaml': `${app('a', 1)}---\n${app('b', 1)}`,
    'old/a.yaml': app('a', 2),
  });
  const updated = await webapp(folder, [...BASE, '--no-children', '--old', 'old']);
  t.deepEqual(
    linesOf(updated).map(({ operation, outcome }) => `${operation} ${outcome}`),
    ['UPDATE denied', 'CREATE allowed'],
  );
  const deleted = await webapp(folder, [...BASE, '--operation', 'DELETE']);
  t.deepEqual(
    linesOf(deleted).map(({ operation, outcome }) => `${operation} ${outcome}`),
    ['DELETE denied', 'DELETE denied'],
  );
  const missing = await webapp(folder, [...BASE, '--operation', 'UPDATE', '--old', 'old']);
  t.is(missing.code, 2);
  t.is(missing.stdout, '');
  t.regex(
    missing.stderr,
    /^✗ apps\/a\.yaml:9:1: there is no WebApp .*default\/b among the old objects: name it with --old/,
  );
});

test('waivers are held against --as-of; one that is over is told', async (t) => {
  const folder = await folderOf(t, {
    ...POLICIES,
    'policies/waiver.yaml': waiverFile('at-most-three', 'a', '2027-01-31'),
    'apps/a.yaml': app('a', 5),
  });
  const run = (day: string) => webapp(folder, [...BASE, '--no-children', '--as-of', day]);
  const during = await run('2027-01-31');
  t.is(during.code, 0);
  t.is(linesOf(during)[0]?.decisions[0]?.waiver, 'a');
  t.deepEqual(broken(linesOf(during)[0]), []);
  const after = await run('2027-02-01');
  t.is(after.code, 1);
  t.regex(after.stderr, /⚠ policies\/waiver\.yaml:3:18: waiver a of policy at-most-three ended/);
  const odd = await run('31.1.2027');
  t.is(odd.code, 2);
  t.regex(odd.stderr, /--as-of 31\.1\.2027 is neither a day/);
});

test('the namespace is known where it is given', async (t) => {
  const folder = await folderOf(t, {
    'policies/p.yaml': policyFile({
      name: 'tier',
      expression: "namespaceObject.metadata.labels['tier'] == 'gold'",
      message: 'gold only',
    }),
    'apps/a.yaml': app('a', 1),
    'ns.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {tier: gold}}\n',
    'cm.yaml': CONFIG_MAP('x'),
  });
  t.is((await webapp(folder, [...BASE, '--namespace-object', 'ns.yaml'])).code, 0);
  t.is((await webapp(folder, BASE)).code, 2);
  const wrong = await webapp(folder, [...BASE, '--namespace-object', 'cm.yaml']);
  t.regex(wrong.stderr, /cm\.yaml:1:1: expected a Namespace/);
});

test('--fail-on lowers or lifts the bar', async (t) => {
  const folder = await folderOf(t, {
    'policies/p.yaml': policyFile({ ...AT_MOST_THREE, actions: 'Audit' }),
    'apps/a.yaml': app('a', 5),
  });
  const code = async (level: string) => (await webapp(folder, [...BASE, '--fail-on', level])).code;
  t.deepEqual([await code('deny'), await code('warn'), await code('audit')], [0, 0, 1]);
});

test('what an old WebApp had not is created, beside what is updated', async (t) => {
  const folder = await folderOf(t, {
    ...POLICIES,
    'apps/a.yaml': app('a', 1, '  host: a.example.com\n'),
    'old/a.yaml': app('a', 2),
  });
  const ran = await webapp(folder, [...BASE, '--old', 'old']);
  t.deepEqual(
    linesOf(ran).map(({ object, operation }) => `${object.kind} ${operation}`),
    ['WebApp UPDATE', 'Deployment UPDATE', 'Service UPDATE', 'Ingress CREATE'],
  );
});

test('what cannot be judged is no pass where the policy would only warn', async (t) => {
  const folder = await folderOf(t, {
    'policies/who.yaml': WHO.replace('[Deny]', '[Warn]'),
    'apps/a.yaml': app('a', 1),
  });
  const code = async (level: string) => (await webapp(folder, [...BASE, '--fail-on', level])).code;
  t.deepEqual([await code('deny'), await code('warn')], [0, 1]);
});

test('policies in tests folders are not read', async (t) => {
  const folder = await folderOf(t, {
    ...POLICIES,
    'policies/tests/odd.yaml': policyFile({ name: 'no', expression: 'false', message: 'no' }),
    'apps/a.yaml': app('a', 1),
  });
  t.is((await webapp(folder, BASE)).code, 0);
});
