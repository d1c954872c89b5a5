// What `webapp eval` does not judge, and what it says instead.
import test from 'ava';
import type { Evaluation } from '../../gitops/offline/evaluation.ts';
import { folderOf, type Ran, webapp } from '../helpers/cli.ts';
import { AT_MOST_THREE, policyFile } from '../helpers/policy-files.ts';

const app = (name: string, replicas: number, more = '') =>
  `apiVersion: example.com/v1\nkind: WebApp\nmetadata:\n  name: ${name}\nspec:\n  image: a:1\n  replicas: ${replicas}\n${more}`;

const POLICIES = { 'policies/replicas.yaml': policyFile(AT_MOST_THREE) };

const BASE = ['eval', '--policies', 'policies', '--objects', 'apps'];

function linesOf({ stdout }: Ran): Evaluation[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const BAD: readonly (readonly [string, Record<string, string>, readonly string[], RegExp])[] = [
  [
    'a policy that does not compile',
    {
      ...POLICIES,
      'policies/x.yaml': policyFile({ name: 'x', expression: 'object.spec.replicas <= limit' }),
      'apps/a.yaml': app('a', 1),
    },
    BASE,
    /^✗ policies\/x\.yaml:7:43: spec\.validations\[0\]\.expression: undeclared reference to 'limit'[\s\S]*\n {4}> 7 \| .*\n {6} {2}\| {43}\^\^\^\^\^/,
  ],
  [
    'an object that is no YAML',
    { ...POLICIES, 'apps/a.yaml': 'a: [\n' },
    BASE,
    /^✗ apps\/a\.yaml:2:1: not valid YAML/,
  ],
  [
    'an object of an unknown kind',
    { ...POLICIES, 'apps/a.yaml': 'apiVersion: x.io/v1\nkind: Odd\nmetadata: {name: a}\n' },
    BASE,
    /^✗ apps\/a\.yaml:2:7: kind: Odd of x\.io\/v1 is not known here: put its CustomResourceDefinition beside the policies/,
  ],
  [
    'an object without a name',
    { ...POLICIES, 'apps/a.yaml': 'apiVersion: v1\nkind: ConfigMap\n' },
    BASE,
    /^✗ apps\/a\.yaml:1:1: metadata\.name: Required value/,
  ],
  [
    'no policies named',
    { 'apps/a.yaml': app('a', 1) },
    ['eval', '--objects', 'apps'],
    /^✗ name the files or folders: --policies PATH/,
  ],
  ['a folder that is not there', POLICIES, BASE, /^✗ there is no apps here/],
  [
    'a folder without YAML',
    { ...POLICIES, 'apps/readme.md': '' },
    BASE,
    /^✗ there is no YAML file to read in apps/,
  ],
  [
    'files without an object',
    { ...POLICIES, 'apps/a.yaml': '# nothing\n' },
    BASE,
    /^✗ there is no object in apps/,
  ],
];

for (const [title, files, args, want] of BAD) {
  test(`judges nothing for ${title}, and says why`, async (t) => {
    const ran = await webapp(await folderOf(t, files), args);
    t.regex(ran.stderr, want);
    t.is(ran.stdout, '');
    t.is(ran.code, 2);
  });
}

const MISFITS: readonly (readonly [string, RegExp])[] = [
  ['env: abc', /spec\.env must be of type array/],
  ['env: [null]', /spec\.env\[0\] must be of type object/],
  ['resources: {requests: [1]}', /spec\.resources\.requests must be of type object/],
];

for (const [line, want] of MISFITS) {
  test(`a WebApp with ${line} cannot be judged, as the API server would refuse it`, async (t) => {
    const files = { ...POLICIES, 'apps/a.yaml': app('a', 1, `  ${line}\n`) };
    const ran = await webapp(await folderOf(t, files), BASE);
    t.is(ran.code, 2, ran.stderr);
    t.regex(linesOf(ran)[0]?.reasons?.join() ?? '', want);
  });
}

test('a custom kind is known by its definition beside the policies', async (t) => {
  const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.x.io}
spec:
  group: x.io
  names: {kind: Thing, plural: things}
  scope: Cluster
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {size: {type: integer, default: 9}}}}
`;
  const policy = policyFile({
    name: 'small',
    of: { apiVersion: 'x.io/v1', kind: 'Thing', plural: 'things' },
    expression: 'object.size < 5',
    message: 'too big',
  });
  const folder = await folderOf(t, {
    'policies/crd.yaml': crd,
    'policies/p.yaml': policy,
    'apps/a.yaml': 'apiVersion: x.io/v1\nkind: Thing\nmetadata: {name: a}\n',
  });
  const ran = await webapp(folder, BASE);
  t.is(ran.code, 1, ran.stderr);
  t.is(linesOf(ran)[0]?.object.namespace, '');
});

test('a wrong option is no finding: it ends with 2, and help with 0', async (t) => {
  const folder = await folderOf(t, POLICIES);
  const codes = ['--fail-on=never-ever', '--nonsense', '--help'].map(
    async (option) => (await webapp(folder, ['eval', option])).code,
  );
  t.deepEqual(await Promise.all(codes), [2, 2, 0]);
});
