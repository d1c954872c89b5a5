// Two gates have the same digest if and only if they judge by the same.
import { createHash } from 'node:crypto';
import test from 'ava';
import { Double } from '../../policies/cel/values/json.ts';
import { canonicalJson, loadPolicies, objectDigest, policiesDigest } from '../../policies/index.ts';
import { bindingYaml, fileOf, MATCH, policyYaml } from './vap/policy-files.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const texts: [unknown, string][] = [
  [{ b: 1, a: [true, null, 'x"'] }, '{"a":[true,null,"x\\""],"b":1}'],
  [{ a: undefined, b: { d: 1, c: 2 } }, '{"b":{"c":2,"d":1}}'],
  [9_223_372_036_854_775_807n, '9223372036854775807'],
  [new Double(1), '1.0'],
  [1, '1'],
  [1.5, '1.5'],
  [[], '[]'],
];

for (const [value, want] of texts)
  test(`canonical: ${want}`, (t) => t.is(canonicalJson(value), want));

test('an object has the digest of its canonical text', (t) => {
  t.is(objectDigest({ b: 1, a: 2 }, sha256), sha256('{"a":2,"b":1}'));
});

const POLICY = policyYaml(`${MATCH}\nvalidations: [{expression: "true"}]`);
const BINDING = bindingYaml('policyName: p\nvalidationActions: [Deny]');
const PARAM = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n';
const WAIVER =
  'apiVersion: example.com/v1\nkind: PolicyWaiver\nmetadata: {name: w}\nspec: {policy: p, reason: r, owner: o, expires: 2030-01-01, objects: [{kind: ConfigMap, name: x}]}\n';
const ALL = [POLICY, BINDING, PARAM, WAIVER];

function digestOf(...files: readonly string[]): string {
  const named = files.map((text, index) => ({ path: `${index}.yaml`, text }));
  return policiesDigest(loadPolicies(named).policies, sha256);
}

const same: Record<string, string[]> = {
  'files and their order': [...ALL].reverse(),
  'one file': [fileOf(...ALL)],
  'comments and layout': [POLICY.replace('spec:', '# why\nspec:'), BINDING, PARAM, WAIVER],
  'defaults that are written': [`${POLICY}  failurePolicy: Fail\n`, BINDING, PARAM, WAIVER],
  'the reason of a waiver': [POLICY, BINDING, PARAM, WAIVER.replace('reason: r', 'reason: s')],
};

for (const [title, files] of Object.entries(same)) {
  test(`${title} do not matter`, (t) => t.is(digestOf(...files), digestOf(...ALL)));
}

const different: Record<string, string[]> = {
  'an expression': [POLICY.replace('"true"', '"false"'), BINDING, PARAM, WAIVER],
  'the failure policy': [`${POLICY}  failurePolicy: Ignore\n`, BINDING, PARAM, WAIVER],
  'an action': [POLICY, BINDING.replace('Deny', 'Warn'), PARAM, WAIVER],
  'no binding': [POLICY, PARAM, WAIVER],
  'a parameter': [POLICY, BINDING, PARAM.replace('a: b', 'a: c'), WAIVER],
  'the end of a waiver': [POLICY, BINDING, PARAM, WAIVER.replace('2030', '2031')],
};

for (const [title, files] of Object.entries(different)) {
  test(`${title} matters`, (t) => t.not(digestOf(...files), digestOf(...ALL)));
}
