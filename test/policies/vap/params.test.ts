// The parameters of a binding.
import test from 'ava';
import { KnownParams, type Param, resolveParams } from '../../../policies/vap/params.ts';
import type { ParamRef } from '../../../policies/vap/policy.ts';

const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap' };
const LIMIT = { apiVersion: 'example.com/v1', kind: 'Limit' };

const param = (kind: typeof CONFIG, name: string, namespace: string): Param => ({
  ...kind,
  name,
  namespace,
  object: { metadata: { labels: { name } } },
});
const PARAMS = [
  param(CONFIG, 'b', 'team'),
  param(CONFIG, 'a', 'team'),
  param(CONFIG, 'a', 'other'),
  param(LIMIT, 'l', ''),
];
const scopes = ({ kind }: typeof CONFIG) =>
  kind === 'ConfigMap' ? 'Namespaced' : kind === 'Limit' ? 'Cluster' : undefined;
const complete = new KnownParams(PARAMS, scopes);
const partial = new KnownParams(PARAMS, scopes, false);

const deny = (ref: Partial<ParamRef>): ParamRef => ({ parameterNotFoundAction: 'Deny', ...ref });
const all = { matchLabels: {}, matchExpressions: [] };
const labelled = (name: string) => ({ matchLabels: { name }, matchExpressions: [] });

interface Row {
  readonly title: string;
  readonly kind?: typeof CONFIG;
  readonly ref?: ParamRef;
  readonly namespace?: string;
  readonly want: { readonly params: readonly (string | undefined)[]; readonly error?: string };
  /** What it is where a cluster may have more; the same where left out. */
  readonly partly?: string;
}

const NOT_FOUND = 'no params found for policy binding with `Deny` parameterNotFoundAction';

const rows: Row[] = [
  { title: 'no paramKind', ref: deny({ name: 'a' }), want: { params: [undefined] } },
  { title: 'no paramRef', kind: CONFIG, want: { params: [undefined] } },
  {
    title: 'by name, in the namespace of the object',
    kind: CONFIG,
    ref: deny({ name: 'a' }),
    want: { params: ['team/a'] },
  },
  {
    title: 'by name, in another',
    kind: CONFIG,
    ref: deny({ name: 'a', namespace: 'other' }),
    want: { params: ['other/a'] },
  },
  {
    title: 'by labels, in the order of names',
    kind: CONFIG,
    ref: deny({ selector: all }),
    want: { params: ['team/a', 'team/b'] },
    partly:
      'the cluster may have objects of ConfigMap of v1 in namespace team that are not known here',
  },
  {
    title: 'not there, denied',
    kind: CONFIG,
    ref: deny({ name: 'x' }),
    want: { params: [], error: NOT_FOUND },
    partly: 'ConfigMap of v1 x in namespace team is not known here',
  },
  {
    title: 'not there, allowed',
    kind: CONFIG,
    ref: { name: 'x', parameterNotFoundAction: 'Allow' },
    want: { params: [] },
    partly: 'ConfigMap of v1 x in namespace team is not known here',
  },
  {
    title: 'none of such labels',
    kind: CONFIG,
    ref: deny({ selector: labelled('x') }),
    want: { params: [], error: NOT_FOUND },
    partly:
      'the cluster may have objects of ConfigMap of v1 in namespace team that are not known here',
  },
  {
    title: 'without namespace',
    kind: LIMIT,
    ref: deny({ name: 'l' }),
    namespace: '',
    want: { params: ['/l'] },
  },
  {
    title: 'a namespace for what has none',
    kind: LIMIT,
    ref: deny({ name: 'l', namespace: 'team' }),
    want: {
      params: [],
      error: 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`',
    },
  },
  {
    title: 'no namespace for what has one',
    kind: CONFIG,
    ref: deny({ name: 'a' }),
    namespace: '',
    want: {
      params: [],
      error:
        'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
    },
  },
];

for (const { title, kind, ref, namespace = 'team', want, partly } of rows) {
  test(title, (t) => {
    const asked = { paramKind: kind, paramRef: ref, namespace };
    const { params, ...rest } = resolveParams(asked, complete);
    t.deepEqual(
      { params: params.map((each) => each && `${each.namespace}/${each.name}`), ...rest },
      want,
    );
    const other = resolveParams(asked, partial);
    t.is(other.unknown, partly);
    if (partly === undefined) t.is(other.error, want.error);
  });
}

test('a kind that nobody knows', (t) => {
  const asked = {
    paramKind: { apiVersion: 'x/v1', kind: 'X' },
    paramRef: deny({ name: 'x' }),
    namespace: '',
  };
  t.is(resolveParams(asked, partial).unknown, 'X of x/v1 is a kind not known here');
});
