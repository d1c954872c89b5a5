// What `webapp test` does not run, and what it says instead.
import test from 'ava';
import { folderOf, webapp } from '../helpers/cli.ts';
import { AT_MOST_THREE, policyFile } from '../helpers/policy-files.ts';

const POLICY = { 'policies/replicas.yaml': policyFile(AT_MOST_THREE) };

/** Cases begin at line 6. */
function testOf(cases: string, spec = ''): Record<string, string> {
  const head = `apiVersion: example.com/v1\nkind: PolicyTest\nmetadata: {name: t}\nspec:\n${spec}  cases:\n`;
  return { ...POLICY, 'policies/tests/t.yaml': `${head}${cases}` };
}

const APP = '{apiVersion: example.com/v1, kind: WebApp, metadata: {name: a}, spec: {image: a}}';
const BROKEN_POLICY = policyFile({ name: 'x', expression: 'object.spec.replicas <= limit' });

const ROWS: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  ['no folder of policies', {}, /^✗ there is no policies here: name the folder of your policies/],
  [
    'policies without tests',
    POLICY,
    /^✗ there is no test in policies: put a file with kind: PolicyTest into a folder "tests" beside the policies/,
  ],
  [
    'a test that is no YAML',
    { ...POLICY, 'policies/tests/t.yaml': 'kind: PolicyTest\nspec: [\n' },
    /^✗ policies\/tests\/t\.yaml:3:1: not valid YAML/,
  ],
  [
    'a test of another version',
    {
      ...POLICY,
      'policies/tests/t.yaml': `apiVersion: example.com/v2\nkind: PolicyTest\nmetadata: {name: t}\nspec: {cases: [{name: a, object: ${APP}}]}\n`,
    },
    /t\.yaml:1:13: apiVersion: Unsupported value: "example\.com\/v2": supported values: "example\.com\/v1"/,
  ],
  [
    'a test without a version',
    {
      ...POLICY,
      'policies/tests/t.yaml': `kind: PolicyTest\nmetadata: {name: t}\nspec: {cases: [{name: a, object: ${APP}}]}\n`,
    },
    /t\.yaml:1:1: apiVersion: Required value/,
  ],
  [
    'a test without cases',
    {
      ...POLICY,
      'policies/tests/t.yaml':
        'apiVersion: example.com/v1\nkind: PolicyTest\nmetadata: {name: t}\nspec: {}\n',
    },
    /t\.yaml:4:7: spec\.cases: Required value: a test has cases/,
  ],
  [
    'a field that a case has not',
    testOf(`    - name: a\n      object: ${APP}\n      expects: denied\n`),
    /t\.yaml:8:16: spec\.cases\[0\]\.expects: unknown field\n {6}6 \| {5}- name: a\n[\s\S]*\^/,
  ],
  [
    'an outcome that there is not',
    testOf(`    - name: a\n      object: ${APP}\n      expect: deny\n`),
    /t\.yaml:8:15: spec\.cases\[0\]\.expect: Unsupported value: "deny": supported values: "denied", "cannotJudge", "warned", "allowed", "skipped"/,
  ],
  [
    'a case without an object',
    testOf('    - name: a\n      expect: denied\n'),
    /t\.yaml:6:7: spec\.cases\[0\]\.object: Required value: the object that is written, or the file that has it/,
  ],
  [
    'an object of an unknown kind',
    testOf('    - name: a\n      object: {apiVersion: v9, kind: Odd, metadata: {name: a}}\n'),
    /t\.yaml:7:38: spec\.cases\[0\]\.object\.kind: Odd of v9 is not known here/,
  ],
  [
    'a file that is not there',
    testOf('    - name: a\n      object: none.yaml\n'),
    /t\.yaml:7:15: spec\.cases\[0\]\.object: there is no file none\.yaml beside the test/,
  ],
  [
    'two cases of one name',
    testOf(`    - {name: a, object: ${APP}}\n    - {name: a, object: ${APP}}\n`),
    /t\.yaml:7:14: spec\.cases\[1\]\.name: Duplicate value/,
  ],
  [
    'a policy that is not there',
    testOf(`    - {name: a, object: ${APP}}\n`, '  policies: [replica-bound]\n'),
    /t\.yaml:5:14: spec\.policies\[0\]: Unsupported value: "replica-bound": supported values: "at-most-three"/,
  ],
  [
    'a day that no calendar has',
    testOf(`    - {name: a, asOf: 2027-02-30, object: ${APP}}\n`),
    /t\.yaml:6:23: spec\.cases\[0\]\.asOf: Invalid value: "2027-02-30": must be a day/,
  ],
  [
    'an update of nothing',
    testOf(`    - {name: a, operation: UPDATE, object: ${APP}}\n`),
    /spec\.cases\[0\]\.oldObject: Required value: what an update changes/,
  ],
  [
    'a policy that does not compile',
    { ...testOf(`    - {name: a, object: ${APP}}\n`), 'policies/x.yaml': BROKEN_POLICY },
    /^✗ policies\/x\.yaml:7:43: .*undeclared reference to 'limit'/,
  ],
];

for (const [title, files, want] of ROWS) {
  test(`${title}: says so, and ends with 2`, async (t) => {
    const ran = await webapp(await folderOf(t, files), ['test']);
    t.regex(ran.stderr, want);
    t.is(ran.code, 2);
  });
}

test('--run that is no pattern or matches no case', async (t) => {
  const folder = await folderOf(t, testOf(`    - {name: a, object: ${APP}, expect: allowed}\n`));
  const none = await webapp(folder, ['test', '--run', 'zzz']);
  t.regex(none.stderr, /^✗ there is no case to run: none matches --run zzz/);
  const odd = await webapp(folder, ['test', '--run', '(']);
  t.regex(odd.stderr, /^✗ --run: Invalid regular expression/);
  t.deepEqual([none.code, odd.code], [2, 2]);
});

test('a file of a test, and its folder, name their tests', async (t) => {
  const folder = await folderOf(t, testOf(`    - {name: a, object: ${APP}, expect: allowed}\n`));
  for (const path of ['policies/tests/t.yaml', 'policies/tests']) {
    const ran = await webapp(folder, ['test', path, '--no-require-tests']);
    t.regex(ran.stdout, /1 case: 1 passed/, ran.stderr);
    t.is(ran.code, 0);
  }
});
