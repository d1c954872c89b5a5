// Which requests a policy is for.
import test from 'ava';
import { isExempt, matchRequest } from '../../../policies/vap/match.ts';
import type { LabelSelector, MatchResources, ResourceRule } from '../../../policies/vap/policy.ts';
import type { AdmissionInput } from '../../../policies/vap/request.ts';
import { deployment, request } from './requests.ts';

const EVERYTHING: LabelSelector = { matchLabels: {}, matchExpressions: [] };
const rule = (parts: Partial<ResourceRule> = {}): ResourceRule => ({
  resourceNames: [],
  operations: ['CREATE', 'UPDATE'],
  apiGroups: ['apps'],
  apiVersions: ['v1'],
  resources: ['deployments'],
  scope: '*',
  ...parts,
});
const resources = (parts: Partial<MatchResources> = {}): MatchResources => ({
  namespaceSelector: EVERYTHING,
  objectSelector: EVERYTHING,
  resourceRules: [rule()],
  excludeResourceRules: [],
  matchPolicy: 'Equivalent',
  ...parts,
});

const NAMESPACE: Partial<AdmissionInput> = {
  kind: { group: '', version: 'v1', kind: 'Namespace' },
  resource: { group: '', version: 'v1', resource: 'namespaces' },
  object: { metadata: { name: 'shop', labels: { env: 'prod' } } },
};
const NODE: Partial<AdmissionInput> = {
  kind: { group: '', version: 'v1', kind: 'Node' },
  resource: { group: '', version: 'v1', resource: 'nodes' },
  object: { metadata: { name: 'n1' } },
};
const env = (value: string): LabelSelector => ({
  matchLabels: { env: value },
  matchExpressions: [],
});
const any = rule({ apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], operations: ['*'] });
const named = (name: string): LabelSelector => ({
  matchLabels: { 'kubernetes.io/metadata.name': name },
  matchExpressions: [],
});

interface Row {
  readonly title: string;
  readonly match?: Partial<MatchResources>;
  readonly input?: Partial<AdmissionInput>;
  readonly want: boolean | 'unknown';
}

const rules = (...list: ResourceRule[]) => ({ resourceRules: list });

const rows: Row[] = [
  { title: 'the resource', want: true },
  { title: 'no rules: everything', match: rules(), want: true },
  { title: 'another operation', input: { operation: 'DELETE' }, want: false },
  { title: 'any operation', match: rules(rule({ operations: ['*'] })), want: true },
  { title: 'another group', match: rules(rule({ apiGroups: [''] })), want: false },
  { title: 'another version', match: rules(rule({ apiVersions: ['v2'] })), want: false },
  { title: 'any of all', match: rules(any), want: true },
  { title: 'the second rule', match: rules(rule({ resources: ['pods'] }), rule()), want: true },
  { title: 'a subresource is not the resource', input: { subResource: 'scale' }, want: false },
  {
    title: '* has no subresources',
    match: rules(rule({ resources: ['*'] })),
    input: { subResource: 'scale' },
    want: false,
  },
  {
    title: '*/* has all',
    match: rules(rule({ resources: ['*/*'] })),
    input: { subResource: 'scale' },
    want: true,
  },
  { title: '*/* has the resource itself', match: rules(rule({ resources: ['*/*'] })), want: true },
  {
    title: 'all subresources of one',
    match: rules(rule({ resources: ['deployments/*'] })),
    input: { subResource: 'scale' },
    want: true,
  },
  {
    title: 'a subresource of all',
    match: rules(rule({ resources: ['*/scale'] })),
    input: { subResource: 'scale' },
    want: true,
  },
  {
    title: 'another subresource',
    match: rules(rule({ resources: ['*/status'] })),
    input: { subResource: 'scale' },
    want: false,
  },
  { title: 'by name', match: rules(rule({ resourceNames: ['x', 'shop'] })), want: true },
  { title: 'another name', match: rules(rule({ resourceNames: ['x'] })), want: false },
  { title: 'in a namespace', match: rules(rule({ scope: 'Namespaced' })), want: true },
  { title: 'not in a namespace', match: rules(rule({ scope: 'Cluster' })), want: false },
  {
    title: 'a namespace is not in one',
    match: rules({ ...any, scope: 'Namespaced' }),
    input: NAMESPACE,
    want: false,
  },
  {
    title: 'a namespace is of the cluster',
    match: rules({ ...any, scope: 'Cluster' }),
    input: NAMESPACE,
    want: true,
  },
  {
    title: 'excluded',
    match: { excludeResourceRules: [rule({ resourceNames: ['shop'] })] },
    want: false,
  },
  {
    title: 'another one is excluded',
    match: { excludeResourceRules: [rule({ resourceNames: ['x'] })] },
    want: true,
  },
  { title: 'labels of the object', match: { objectSelector: env('prod') }, want: false },
  {
    title: 'labels it has now',
    match: { objectSelector: env('prod') },
    input: { object: deployment({ labels: { env: 'prod' } }) },
    want: true,
  },
  {
    title: 'labels it had',
    match: { objectSelector: env('prod') },
    input: { operation: 'UPDATE', oldObject: deployment({ labels: { env: 'prod' } }) },
    want: true,
  },
  {
    title: 'a selector that only excludes needs an object',
    match: {
      objectSelector: {
        matchLabels: {},
        matchExpressions: [{ key: 'x', operator: 'DoesNotExist', values: [] }],
      },
    },
    input: { object: null },
    want: false,
  },
  {
    title: 'labels of the namespace',
    match: { namespaceSelector: env('prod') },
    input: { namespaceObject: { metadata: { labels: { env: 'prod' } } } },
    want: true,
  },
  {
    title: 'other labels of the namespace',
    match: { namespaceSelector: env('prod') },
    input: { namespaceObject: { metadata: {} } },
    want: false,
  },
  { title: 'a namespace nobody knows', match: { namespaceSelector: env('prod') }, want: 'unknown' },
  { title: 'its name is known', match: { namespaceSelector: named('team') }, want: true },
  { title: 'and is another', match: { namespaceSelector: named('x') }, want: false },
  {
    title: 'an unknown namespace does not matter where no rule matches',
    match: { namespaceSelector: env('prod'), resourceRules: [rule({ resources: ['pods'] })] },
    want: false,
  },
  {
    title: 'a namespace is selected by its own labels',
    match: { namespaceSelector: env('prod'), resourceRules: [any] },
    input: NAMESPACE,
    want: true,
  },
  {
    title: 'a namespace is not selected by its own labels',
    match: { namespaceSelector: env('test'), resourceRules: [any] },
    input: NAMESPACE,
    want: false,
  },
  {
    title: 'what is in no namespace is never left out',
    match: { namespaceSelector: env('prod'), resourceRules: [any] },
    input: NODE,
    want: true,
  },
];

for (const { title, match, input, want } of rows) {
  test(title, (t) => {
    const found = matchRequest(resources(match), { input: request(input), kinds: [] });
    t.is(found?.unknown ? 'unknown' : found !== undefined, want);
  });
}

const exempt: [string, string, boolean][] = [
  ['admissionregistration.k8s.io', 'validatingadmissionpolicies', true],
  ['admissionregistration.k8s.io', 'validatingadmissionpolicybindings', true],
  ['admissionregistration.k8s.io', 'validatingwebhookconfigurations', false],
  ['authorization.k8s.io', 'subjectaccessreviews', true],
  ['apps', 'deployments', false],
];

for (const [group, resource, want] of exempt) {
  test(`${resource} are ${want ? '' : 'not '}exempt`, (t) => {
    t.is(isExempt({ group, version: 'v1', resource }), want);
  });
}
