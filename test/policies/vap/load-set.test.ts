// What is wrong between the objects of some files, and what objects that are no policies are.
import test from 'ava';
import { loadPolicies } from '../../../policies/index.ts';
import { bindingYaml, fileOf, findings, MATCH, policyYaml } from './policy-files.ts';

const VALID = `${MATCH}\nvalidations: [{expression: "true"}]`;
const withParams = (kind: string) => policyYaml(`${VALID}\nparamKind: {${kind}}`);
const CONFIG = withParams('apiVersion: v1, kind: ConfigMap');
const BOUND = 'policyName: p\nvalidationActions: [Deny]';
const ref = (fields: string) =>
  bindingYaml(`${BOUND}\nparamRef: {parameterNotFoundAction: Deny, ${fields}}`);
const object = (apiVersion: string, kind: string, metadata: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {${metadata}}\n`;
const definition = (scope: string) =>
  `${object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'name: limits.example.com')}spec: {group: example.com, scope: ${scope}, names: {kind: Limit, plural: limits}, versions: [{name: v1, served: true}]}\n`;
const waiver = (policy: string) =>
  `${object('example.com/v1', 'PolicyWaiver', 'name: w')}spec: {policy: ${policy}, reason: r, owner: o, expires: 2030-01-01, objects: [{kind: ConfigMap, name: x}]}\n`;

const rows: { title: string; file: string; want: readonly string[] }[] = [
  {
    title: 'a policy and its binding',
    file: fileOf(policyYaml(VALID), bindingYaml(BOUND)),
    want: [],
  },
  {
    title: 'two policies of one name',
    file: fileOf(policyYaml(VALID), policyYaml(VALID)),
    want: ['10:18: metadata.name: Duplicate value: there is a policy of this name in p.yaml:3:18'],
  },
  {
    title: 'a binding of no policy',
    file: bindingYaml(BOUND),
    want: ['5:15: W spec.policyName: there is no policy p here'],
  },
  {
    title: 'a binding of a policy that is wrong: one finding is enough',
    file: fileOf(policyYaml(`${VALID}\nfoo: 1`), bindingYaml(BOUND)),
    want: ['7:8: spec.foo: unknown field'],
  },
  {
    title: 'a parameter that is not asked for',
    file: fileOf(policyYaml(VALID), ref('name: c')),
    want: ['W spec.paramRef: policy p has no paramKind, so this is ignored'],
  },
  {
    title: 'a parameter that is asked for',
    file: fileOf(CONFIG, bindingYaml(BOUND)),
    want: ['W spec: params is null: the policy asks for ConfigMap of v1, add a paramRef'],
  },
  {
    title: 'a parameter that is not there',
    file: fileOf(CONFIG, ref('name: c'), object('v1', 'Secret', 'name: c')),
    want: [
      'W spec.paramRef.name: there is no ConfigMap of v1 of that name here; there is a Secret of v1 of that name',
      'W kind: Secret of v1 is not read',
    ],
  },
  {
    title: 'a parameter in another namespace',
    file: fileOf(
      CONFIG,
      ref('name: c, namespace: other'),
      object('v1', 'ConfigMap', 'name: c, namespace: team'),
    ),
    want: [
      'W spec.paramRef.name: there is no ConfigMap of v1 of that name in namespace other here; there is a ConfigMap of v1 of that name',
    ],
  },
  {
    title: 'no parameter of such labels',
    file: fileOf(
      CONFIG,
      ref('selector: {matchLabels: {a: b}}'),
      object('v1', 'ConfigMap', 'name: c'),
    ),
    want: ['W spec.paramRef.selector: no ConfigMap of v1 here has such labels'],
  },
  {
    title: 'a custom parameter',
    file: fileOf(
      withParams('apiVersion: example.com/v1, kind: Limit'),
      ref('name: c'),
      object('example.com/v1', 'Limit', 'name: c'),
    ),
    want: [],
  },
  {
    title: 'a kind of parameter that nobody knows',
    file: fileOf(withParams('apiVersion: example.com/v1, kind: Limit'), ref('name: c')),
    want: [
      'W spec.paramKind: Limit of example.com/v1 is not known here: its definition is not among the files',
      'W spec.paramRef.name: there is no Limit of example.com/v1 of that name here',
    ],
  },
  {
    title: 'a namespace for a parameter that has none',
    file: fileOf(
      withParams('apiVersion: example.com/v1, kind: Limit'),
      definition('Cluster'),
      ref('name: c, namespace: team'),
    ),
    want: ['spec.paramRef.namespace: paramRef.namespace must not be provided for a cluster-scoped'],
  },
  {
    title: 'a waiver of no policy',
    file: fileOf(policyYaml(VALID), bindingYaml(BOUND), waiver('x')),
    want: ['W spec.policy: there is no policy x here'],
  },
  {
    title: 'objects that are none of ours',
    file: fileOf(
      object('apps/v1', 'Deployment', 'name: x'),
      object('v1', 'ConfigMap', 'name: x'),
      object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'name: x'),
      object('kustomize.config.k8s.io/v1beta1', 'Kustomization', 'name: x'),
    ),
    want: [
      'W kind: Deployment of apps/v1 is not read',
      'W kind: ValidatingWebhookConfiguration of admissionregistration.k8s.io/v1 is not read',
      'W kind: Kustomization of kustomize.config.k8s.io/v1beta1 is not read',
    ],
  },
  {
    title: 'what may have been meant for a policy is an error',
    file: fileOf(
      object('admissionregistration.k8s.io/v1beta1', 'ValidatingAdmissionPolicy', 'name: x'),
      object('admissionregistration.k8s.io/v1', 'ValidatingAdmisionPolicy', 'name: x'),
      object('example.com/v2', 'PolicyWaiver', 'name: x'),
      'metadata: {name: x}\n',
      '- x\n',
    ),
    want: [
      '1:13: apiVersion: is read in version v1 only',
      '6:7: kind: unknown kind of this group',
      '9:13: apiVersion: is read in version v1 only',
      '13:1: apiVersion: Required value',
      '13:1: kind: Required value',
      '15:1: expected an object with apiVersion and kind',
    ],
  },
  { title: 'no YAML', file: 'a: [', want: ['not valid YAML: '] },
  { title: 'empty documents', file: '---\n---\n# nothing\n', want: [] },
];

for (const { title, file, want } of rows) {
  test(title, (t) => {
    const found = findings(file);
    t.is(found.length, want.length, found.join('\n'));
    for (const text of want) {
      t.true(
        found.some((each) => each.includes(text)),
        found.join('\n'),
      );
    }
  });
}

test('the items of a List are read, each in its place', (t) => {
  const list = `apiVersion: v1\nkind: List\nitems:\n- ${policyYaml(`${VALID}\nfoo: 1`).trimEnd().replaceAll('\n', '\n  ')}\n`;
  t.deepEqual(findings(list), ['10:10: spec.foo: unknown field']);
});

test('a kustomization without kind is told from a policy that lost its head', (t) => {
  const file = { path: 'policies/kustomization.yaml', text: 'resources: [a.yaml]\n' };
  const { problems } = loadPolicies([file]);
  t.deepEqual(
    problems.map(({ severity }) => severity),
    ['warning'],
  );
});

test('findings are in the order of files and lines', (t) => {
  const files = ['b.yaml', 'a.yaml'].map((path) => ({ path, text: bindingYaml(BOUND, path[0]) }));
  t.deepEqual(
    loadPolicies(files).problems.map(({ path }) => path),
    ['a.yaml', 'b.yaml'],
  );
});
