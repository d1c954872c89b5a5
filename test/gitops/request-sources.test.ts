// Whose policies a request is judged by, where there is a WebApp shop of source team and a WebApp own of none.
import test from 'ava';
import type { Cluster } from '../../gitops/cluster.ts';
import { DEPLOYMENT, type Kind, resourcePath, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectMeta } from '../../gitops/objects.ts';
import { annotationKey } from '../../gitops/policy/annotation-key.ts';
import { sourcesOf } from '../../gitops/policy/request-sources.ts';
import { LABEL } from '../../gitops/webapp.ts';
import type { AdmissionInput } from '../../policies/index.ts';
import { having, webapp } from '../helpers/builders.ts';

const from = (source: string) => webapp({ metadata: { labels: { [LABEL.source]: source } } });
const LIVE: readonly KubeObject[] = [from('team'), webapp({ metadata: { name: 'own' } })];

/** A cluster that notes what is read. */
function cluster() {
  const asked: string[] = [];
  const get: Cluster['get'] = async (of, key) => {
    asked.push(resourcePath(of, key.namespace, key.name));
    return LIVE.find(({ kind, metadata }) => kind === of.kind && metadata.name === key.name);
  };
  return { asked, cluster: { get } as Cluster };
}

const SHOP = '/apis/example.com/v1/namespaces/default/webapps/shop';

function child(metadata: Partial<ObjectMeta>): KubeObject {
  const { apiVersion, kind } = DEPLOYMENT;
  return { apiVersion, kind, metadata: { name: 'shop', namespace: 'default', ...metadata } };
}

function ownedBy(kind: string, name: string, apiVersion: string = WEBAPP.apiVersion): KubeObject {
  return child({ ownerReferences: [{ apiVersion, kind, name, uid: 'u', controller: true }] });
}

function labelled(instance: string): KubeObject {
  const own = { [LABEL.managedBy]: 'webapp-operator', 'app.kubernetes.io/instance': instance };
  return child({ labels: own });
}

type Parts = Partial<Pick<AdmissionInput, 'operation' | 'subResource' | 'object' | 'oldObject'>>;

function input({ apiVersion, kind, plural }: Kind, parts: Parts): AdmissionInput {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return {
    operation: 'UPDATE',
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    name: 'shop',
    namespace: 'default',
    object: null,
    oldObject: null,
    ...parts,
  };
}

interface Row {
  readonly title: string;
  readonly of: Kind;
  readonly parts: Parts;
  readonly want: readonly string[];
  readonly asked?: readonly string[];
}

const rows: readonly Row[] = [
  { title: 'a WebApp of a source', of: WEBAPP, parts: { object: from('team') }, want: ['team'] },
  { title: 'a WebApp of none', of: WEBAPP, parts: { object: webapp() }, want: [] },
  { title: 'a label without a value', of: WEBAPP, parts: { object: from('') }, want: [] },
  {
    title: 'a WebApp that moves from one to another',
    of: WEBAPP,
    parts: { object: from('z'), oldObject: from('a') },
    want: ['a', 'z'],
  },
  { title: 'a WebApp that goes', of: WEBAPP, parts: { oldObject: from('team') }, want: ['team'] },
  {
    title: 'its scale',
    of: WEBAPP,
    parts: { subResource: 'scale', object: { kind: 'Scale', metadata: { name: 'shop' } } },
    want: ['team'],
    asked: [SHOP],
  },
  {
    title: 'a child',
    of: DEPLOYMENT,
    parts: { object: ownedBy('WebApp', 'shop'), oldObject: ownedBy('WebApp', 'shop') },
    want: ['team'],
    asked: [SHOP],
  },
  {
    title: 'a child that loses its owner',
    of: DEPLOYMENT,
    parts: { object: child({}), oldObject: ownedBy('WebApp', 'shop') },
    want: ['team'],
    asked: [SHOP],
  },
  {
    title: 'a child by its labels only',
    of: DEPLOYMENT,
    parts: { object: labelled('shop') },
    want: ['team'],
    asked: [SHOP],
  },
  {
    title: 'a child of a WebApp that is gone',
    of: DEPLOYMENT,
    parts: { oldObject: ownedBy('WebApp', 'gone') },
    want: [],
    asked: [SHOP.replace('shop', 'gone')],
  },
  {
    title: 'a child of a WebApp that is not from Git',
    of: DEPLOYMENT,
    parts: { object: ownedBy('WebApp', 'own') },
    want: [],
    asked: [SHOP.replace('shop', 'own')],
  },
  {
    title: 'what another controller owns, whatever its labels say',
    of: DEPLOYMENT,
    parts: {
      object: having(ownedBy('Rollout', 'shop', 'argoproj.io/v1alpha1'), labelled('shop').metadata),
    },
    want: [],
  },
  { title: 'anybody’s Deployment', of: DEPLOYMENT, parts: { object: child({}) }, want: [] },
  {
    title: 'a connection to a Service that is none of ours',
    of: SERVICE,
    parts: { operation: 'CONNECT', object: { kind: 'ServiceProxyOptions' } },
    want: [],
    asked: ['/api/v1/namespaces/default/services/shop'],
  },
  {
    title: 'another kind',
    of: { apiVersion: 'v1', kind: 'Pod', plural: 'pods' },
    parts: { object: ownedBy('WebApp', 'shop') },
    want: [],
  },
];

for (const { title, of, parts, want, asked = [] } of rows) {
  test(`sourcesOf: ${title}`, async (t) => {
    const it = cluster();
    t.deepEqual(await sourcesOf(input(of, parts), it.cluster), want as string[]);
    t.deepEqual(it.asked, asked as string[]);
  });
}

test('annotationKey: what a webhook may use', (t) => {
  t.is(annotationKey('replica-bounds/replicas'), 'replica-bounds.replicas');
  const long = annotationKey(`${'a'.repeat(30)}.-${'b'.repeat(40)}/${'c'.repeat(21)}`);
  t.is(long, `${'b'.repeat(40)}.${'c'.repeat(21)}`);
  t.true(long.length <= 63);
});
