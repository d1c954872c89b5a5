// What a binding's fields may be.
import test from 'ava';
import { bindingYaml, fileOf, findings, MATCH, policyYaml } from './policy-files.ts';

const POLICY = policyYaml(
  `${MATCH}\nparamKind: {apiVersion: v1, kind: ConfigMap}\nvalidations: [{expression: "true"}]`,
);
const PARAM =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: team, labels: {a: b}}\n';
const BASE = 'policyName: p\nvalidationActions: [Deny]';
const ref = (fields: string) => `${BASE}\nparamRef: {${fields}}`;
const ALLOW = 'parameterNotFoundAction: Allow';

const rows: { title: string; spec: string; want: readonly string[] }[] = [
  { title: 'a binding', spec: ref(`name: c, namespace: team, ${ALLOW}`), want: [] },
  {
    title: 'nothing',
    spec: '{}',
    want: ['spec.policyName: Required value', 'spec.validationActions: Required value: at least'],
  },
  {
    title: 'an unknown field',
    spec: `${ref(`name: c, ${ALLOW}`)}\nfoo: 1`,
    want: ['foo: unknown'],
  },
  {
    title: 'actions',
    spec: 'policyName: p_x\nvalidationActions: [Deny, Warn, Deny, Stop]',
    want: [
      'spec.policyName: Invalid value: "p_x": a lowercase RFC 1123 subdomain must consist of',
      'spec.validationActions[2]: Duplicate value: "Deny"',
      'spec.validationActions[3]: Unsupported value: "Stop": supported values: "Audit", "Deny", "Warn"',
      'spec.validationActions: Invalid value: must not contain both Deny and Warn',
    ],
  },
  {
    title: 'a reference to nothing',
    spec: ref(''),
    want: [
      'spec.paramRef: Required value: one of name or selector must be specified',
      'spec.paramRef.parameterNotFoundAction: Required value',
    ],
  },
  {
    title: 'a reference to two',
    spec: ref('name: a/b, selector: {}, parameterNotFoundAction: Maybe'),
    want: [
      'spec.paramRef.name: Invalid value: "a/b": may not contain \'/\'',
      'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
      'spec.paramRef.parameterNotFoundAction: Unsupported value: "Maybe": supported values: "Deny", "Allow"',
    ],
  },
  {
    title: 'selectors',
    spec: ref(
      `${ALLOW}, selector: {matchLabels: {"a b": "c d"}, matchExpressions: [{key: a, operator: Is, values: [b]}, {operator: In}, {key: b, operator: Exists, values: ["x y"]}]}`,
    ),
    want: [
      'spec.paramRef.selector.matchLabels[a b]: Invalid value: "a b": name part must',
      'spec.paramRef.selector.matchLabels[a b]: Invalid value: "c d": a valid label must',
      'matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
      'matchExpressions[1].key: Required value',
      "matchExpressions[1].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      "matchExpressions[2].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      'matchExpressions[2].values[0]: Invalid value: "x y": a valid label must',
    ],
  },
  {
    title: 'match resources',
    spec: `${ref(`name: c, ${ALLOW}`)}\nmatchResources: {matchPolicy: Fuzzy, resourceRules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1]}]}`,
    want: [
      'spec.matchResources.matchPolicy: Unsupported value: "Fuzzy": supported values: "Equivalent", "Exact"',
      'spec.matchResources.resourceRules[0].resources: Required value',
    ],
  },
];

for (const { title, spec, want } of rows) {
  test(title, (t) => {
    const found = findings(fileOf(bindingYaml(spec), POLICY, PARAM));
    t.is(found.length, want.length, found.join('\n'));
    for (const text of want) {
      t.true(
        found.some((each) => each.includes(text)),
        found.join('\n'),
      );
    }
  });
}
