// What the cluster of the oracle has: a namespace, a permissive kind, parameters, objects.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { CONFIG_MAP, DEPLOYMENT, type Kind } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { eventually } from '../cluster/eventually.ts';
import type { ApiServer } from './api-server.ts';
import type { World } from './ours.ts';

export const THING: Kind = { apiVersion: 'oracle.example.com/v1', kind: 'Thing', plural: 'things' };
const NAMESPACE: Kind = { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces' };
const CRD: Kind = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
};
const REVIEW: Kind = {
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
};
export const PARAM = 'oracle';
const NAME = 'oracle';
const root = join(import.meta.dirname, '..', '..');

const DEFINITION = {
  apiVersion: CRD.apiVersion,
  kind: CRD.kind,
  metadata: { name: 'things.oracle.example.com' },
  spec: {
    group: 'oracle.example.com',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
} as const;

/** Prepares the cluster and returns what it has. */
export async function prepare(server: ApiServer): Promise<World> {
  const webapp = load(await readFile(join(root, 'infra/crd/webapp.yaml'), 'utf8')) as KubeObject;
  const definitions = [DEFINITION as unknown as KubeObject, webapp];
  for (const definition of definitions) await server.create(CRD, definition);
  await server.create(NAMESPACE, object(NAMESPACE, { name: NAME, labels: { tier: 'test' } }));
  await eventually('the kinds are served', async () => {
    const things = await server.get(THING, 'none', NAME);
    const webapps = { apiVersion: 'example.com/v1', kind: 'WebApp', plural: 'webapps' };
    const other = await server.get(webapps, 'none', NAME);
    return [things, other].every(
      ({ message }) => /not found/.test(message) && !/requested resource/.test(message),
    );
  });
  await server.create(CONFIG_MAP, paramObject());
  const review = await server.create(REVIEW, object(REVIEW, { name: '' }));
  const { userInfo } = review.object.status as { userInfo: World['user'] };
  const namespace = (await server.get(NAMESPACE, NAME)).object;
  return { namespace, definitions, user: userInfo };
}

/** The parameter of the generated policies. */
export function paramObject(): KubeObject {
  const data = { max: '3', a: 'b', text: 'x,y' };
  return { ...object(CONFIG_MAP, { name: PARAM, namespace: NAME }), data };
}

function object({ apiVersion, kind }: Kind, metadata: KubeObject['metadata']): KubeObject {
  return { apiVersion, kind, metadata };
}

const SPEC = {
  replicas: 3,
  port: 8080,
  image: 'ghcr.io/acme/shop:1.8.2',
  env: [{ name: 'A', value: 'b' }],
  template: {
    spec: { containers: [{ name: 'web', image: 'web:1', resources: { limits: { cpu: '1' } } }] },
  },
};

const CONTENT = {
  spec: SPEC,
  mixed: [1, 'a', 2.5, null, true],
  big: 4_294_967_296,
  ratio: 1.5,
  doubles: [0.5, 2.25],
  whole: 3,
  flag: true,
  nothing: null,
  list: [{ a: 1 }, { a: 2, b: 'x' }],
  nested: { deep: { value: 'v' } },
  texts: ['b', 'a', '', 'c'],
  numbers: [3, 1, 2],
  matrix: [
    [1, 2],
    [3, 4],
  ],
  empty: {},
  data: { a: 'A', b: 'B' },
  'a-b/c.d': 7,
};

/** The objects that generated policies judge. `labels` chooses the policy. */
export function subjects(labels: Record<string, string>): { of: Kind; object: KubeObject }[] {
  const metadata = { name: 'shop', namespace: NAME, labels: { app: 'shop', ...labels } };
  const thing = { ...object(THING, metadata), ...CONTENT };
  const match = { app: 'shop' };
  const deployment = {
    ...object(DEPLOYMENT, metadata),
    spec: {
      replicas: 3,
      selector: { matchLabels: match },
      template: { metadata: { labels: match }, spec: SPEC.template.spec },
    },
  };
  return [
    { of: THING, object: thing },
    { of: DEPLOYMENT, object: deployment },
    { of: CONFIG_MAP, object: { ...object(CONFIG_MAP, metadata), data: { a: 'x', b: '2' } } },
  ];
}
