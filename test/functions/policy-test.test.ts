// `webapp test`, run as a person and a build run it.
import test from 'ava';
import { folderOf, webapp } from '../helpers/cli.ts';
import { AT_MOST_THREE, policyFile, THREE_PODS, waiverFile } from '../helpers/policy-files.ts';
import { HEAD, POLICY } from '../helpers/policy-tests.ts';

const PASSING = `${HEAD}    - name: three
      patch: {spec: {replicas: 3}}
      expect: allowed
    - name: four
      patch: {spec: {replicas: 4}}
      expect: denied
      findings:
        - policy: at-most-three
          message: replicas must be <= 3
          reason: Invalid
`;

const withCases = (cases: string, more: Record<string, string> = {}) => ({
  ...POLICY,
  'policies/tests/replicas.yaml': `${HEAD}${cases}`,
  ...more,
});

test('cases that are as expected are a line each, and the exit code is 0', async (t) => {
  const folder = await folderOf(t, { ...POLICY, 'policies/tests/replicas.yaml': PASSING });
  const ran = await webapp(folder, ['test']);
  t.is(
    ran.stdout,
    `policies/tests/replicas.yaml
  ✔ three: allowed
  ✔ four: denied

2 cases: 2 passed, 0 failed; 1 policy
`,
  );
  t.is(ran.stderr, '');
  t.is(ran.code, 0);
});

test('a case that is not shows what was expected, what came, and its line', async (t) => {
  const folder = await folderOf(
    t,
    withCases('    - name: four\n      patch: {spec: {replicas: 4}}\n      expect: allowed\n'),
  );
  const ran = await webapp(folder, ['test', 'policies']);
  t.is(ran.code, 1);
  t.regex(
    ran.stdout,
    / {2}✗ four\n {6}expected allowed, got denied\n {8}at-most-three: replicas must be <= 3 \(Invalid\)\n {6}policies\/tests\/replicas\.yaml:13:15\n/,
  );
  t.regex(ran.stdout, /> 13 \| {7}expect: allowed\n {11}\| {15}\^{7}\n/);
  t.regex(ran.stdout, /\n1 case: 0 passed, 1 failed; 1 policy\n$/);
});

test('findings are all that is to be found: none may be missing, none may come on top', async (t) => {
  const folder = await folderOf(
    t,
    withCases(`    - name: another message
      patch: {spec: {replicas: 4}}
      expect: denied
      findings: [{policy: at-most-three, message: at most three}]
    - name: another policy
      patch: {spec: {replicas: 4}}
      expect: denied
      findings: [{policy: at-most-three}, {policy: other}]
    - name: no finding
      patch: {spec: {replicas: 4}}
      expect: denied
      findings: []
`),
  );
  const { stdout } = await webapp(folder, ['test']);
  t.regex(
    stdout,
    /expected of at-most-three: at most three\n {6}not expected, of at-most-three: replicas must be <= 3 \(Invalid\)/,
  );
  t.regex(stdout, /expected of other: any message\n/);
  t.regex(stdout, /0 passed, 3 failed/);
});

test('an outcome for everything that can be told', async (t) => {
  const files = withCases(
    `    - {name: too many pods, patch: {spec: {replicas: 4}}, expect: denied}
    - {name: only the WebApp, patch: {spec: {replicas: 4}}, children: false, expect: denied}
    - {name: nobody is asked, object: objects/config.yaml, expect: skipped}
    - name: a delete
      operation: DELETE
      expect: skipped
    - name: it grows
      oldObject: {apiVersion: example.com/v1, kind: WebApp, metadata: {name: shop}, spec: {image: 'a:1', replicas: 9}}
      patch: {spec: {replicas: 2}}
      expect: allowed
    - name: who asks
      object: {apiVersion: v1, kind: ServiceAccount, metadata: {name: s}}
      expect: cannotJudge
    - name: ana asks
      object: {apiVersion: v1, kind: ServiceAccount, metadata: {name: s}}
      userInfo: {username: ana}
      expect: allowed
    - {name: the waiver holds, patch: {spec: {replicas: 4}}, children: false, asOf: 2027-01-31, expect: allowed}
    - {name: the waiver is over, patch: {spec: {replicas: 4}}, children: false, asOf: 2027-02-01, expect: denied}
    - name: gold
      object: {apiVersion: v1, kind: Service, metadata: {name: s}}
      namespaceObject: {apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {tier: gold}}}
      expect: allowed
    - name: silver
      object: {apiVersion: v1, kind: Service, metadata: {name: s}}
      namespaceObject: {apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {tier: silver}}}
      expect: warned
`,
    {
      'policies/pods.yaml': policyFile(THREE_PODS),
      'policies/who.yaml': policyFile({
        name: 'who',
        of: { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts' },
        expression: "request.userInfo.username == 'ana'",
      }),
      'policies/tier.yaml': policyFile({
        name: 'tier',
        of: { apiVersion: 'v1', kind: 'Service', plural: 'services' },
        expression: "namespaceObject.metadata.labels.tier == 'gold'",
        actions: 'Warn',
      }),
      'policies/waiver.yaml': waiverFile('at-most-three', 'shop', '2027-01-31'),
      'policies/tests/objects/config.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n',
    },
  );
  const ran = await webapp(await folderOf(t, files), ['test', '--no-require-tests']);
  t.is(ran.code, 0, ran.stdout + ran.stderr);
});

test('what is made of a WebApp is judged where the test says so', async (t) => {
  const files = {
    'policies/pods.yaml': policyFile(THREE_PODS),
    'policies/tests/t.yaml': `${HEAD.replace('  object:', '  children: true\n  object:')}    - name: four pods
      patch: {spec: {replicas: 4}}
      expect: denied
      findings: [{policy: three-pods, message: three pods are enough}]
    - name: the WebApp alone
      patch: {spec: {replicas: 4}}
      children: false
      expect: skipped
`,
  };
  const ran = await webapp(await folderOf(t, files), ['test']);
  t.is(ran.code, 0, ran.stdout + ran.stderr);
});

test('a policy that no case shows to find anything fails the run', async (t) => {
  const folder = await folderOf(t, {
    'policies/tests/replicas.yaml': PASSING,
    ...POLICY,
    'policies/other.yaml': policyFile({ ...AT_MOST_THREE, name: 'other', expression: '1 == 1' }),
    'policies/sub/third.yaml': policyFile({
      ...AT_MOST_THREE,
      name: 'third',
      expression: '1 == 1',
    }),
  });
  const ran = await webapp(folder, ['test']);
  t.is(ran.code, 1);
  t.regex(
    ran.stdout,
    /✗ policies\/other\.yaml:3:18: policy other is not tested: no case shows what it finds\n/,
  );
  t.regex(ran.stdout, /policy third is not tested/);
  t.regex(ran.stdout, /; 3 policies, 2 of them not tested\n$/);
  t.is((await webapp(folder, ['test', '--no-require-tests'])).code, 0);
  t.is((await webapp(folder, ['test', '--run', 'replicas/three'])).code, 0);
});

test('a folder of policies beside one with tests is not forgotten', async (t) => {
  const folder = await folderOf(t, {
    'policies/a/replicas.yaml': policyFile(AT_MOST_THREE),
    'policies/a/tests/replicas.yaml': PASSING,
    'policies/b/other.yaml': policyFile({ ...AT_MOST_THREE, name: 'other' }),
  });
  const ran = await webapp(folder, ['test']);
  t.is(ran.code, 1);
  t.regex(
    ran.stdout,
    /policies\/b\/other\.yaml:3:18: policy other is not tested: .*; there is no policies\/b\/tests/,
  );
});

test('json and junit tell the same', async (t) => {
  const folder = await folderOf(t, {
    ...withCases(
      '    - name: four <&>\n      patch: {spec: {replicas: 4}}\n      expect: allowed\n',
    ),
    'policies/other.yaml': policyFile({ ...AT_MOST_THREE, name: 'other', expression: '1 == 1' }),
  });
  const json = await webapp(folder, ['test', '-o', 'json']);
  const report = JSON.parse(json.stdout);
  t.like(report, {
    kind: 'PolicyTestReport',
    counts: { cases: 1, passed: 0, failed: 1, policies: 2, untested: 1, errors: 0 },
    cases: [{ case: 'four <&>', expected: 'allowed', outcome: 'denied', passed: false }],
    untested: [{ path: 'policies/other.yaml', line: 3 }],
  });
  const junit = await webapp(folder, ['test', '-o', 'junit']);
  t.is(junit.code, 1);
  t.regex(junit.stdout, /<testsuites tests="2" failures="2" errors="0">/);
  t.regex(
    junit.stdout,
    /<testcase name="four &lt;&amp;&gt;" classname="replicas" file="policies\/tests\/replicas\.yaml" line="13">\s*<failure message="expected allowed, got denied">/,
  );
});
