// What the cluster of the oracle has: a namespace, a permissive kind, the parameters of generated policies.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { CONFIG_MAP, type Kind, NAMESPACE as NAMESPACES, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import type { UserInfo } from '../../policies/index.ts';
import { eventually } from '../cluster/eventually.ts';
import { SERVICE_ACCOUNT } from '../helpers/rbac-kinds.ts';
import type { ApiServer } from './sides/api-server.ts';
import type { Circumstances } from './sides/ours.ts';

export const NAMESPACE = 'oracle';
export const THING: Kind = { apiVersion: 'oracle.example.com/v1', kind: 'Thing', plural: 'things' };
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
const WEBAPPS = join(import.meta.dirname, '..', '..', 'infra', 'crd', 'webapp.yaml');

/** Any object fits. */
const DEFINITION = load(`
apiVersion: ${CRD.apiVersion}
kind: ${CRD.kind}
metadata: {name: things.oracle.example.com}
spec:
  group: oracle.example.com
  scope: Namespaced
  names: {kind: ${THING.kind}, plural: ${THING.plural}}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`) as KubeObject;

/** What generated policies have as `params`: two of a kind of Kubernetes, two of a custom kind. */
export const PARAMS: readonly KubeObject[] = [CONFIG_MAP, THING].flatMap((of) => [
  { ...object(of, 'small', { limit: 'small' }), data: { max: '3', a: 'b', text: 'x,y' } },
  { ...object(of, 'big', { limit: 'big' }), data: { max: '9' } },
]);

/** Returns an object of the oracle's namespace without content. */
export function object(
  { apiVersion, kind }: Kind,
  name: string,
  labels?: Readonly<Record<string, string>>,
): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: NAMESPACE, ...(labels && { labels }) } };
}

/** Prepares the cluster and returns what is known of it. Doing it again does no harm. */
export async function prepare(server: ApiServer): Promise<Circumstances> {
  const definitions = [DEFINITION, load(await readFile(WEBAPPS, 'utf8')) as KubeObject];
  for (const definition of definitions) await server.keep(CRD, definition);
  const { apiVersion, kind } = NAMESPACES;
  const metadata = { name: NAMESPACE, labels: { tier: 'test' } };
  await server.keep(NAMESPACES, { apiVersion, kind, metadata });
  for (const each of [THING, WEBAPP]) await isServed(each, server);
  for (const param of PARAMS) {
    await server.keep(param.kind === THING.kind ? THING : CONFIG_MAP, param);
  }
  const namespaces = new Map<string, KubeObject>();
  for (const name of ['default', NAMESPACE]) namespaces.set(name, await settled(name, server));
  return { namespaces, definitions, user: await whoAsks(server) };
}

/** Returns the namespace once pods can be made in it: a controller makes the ServiceAccount that they need. */
export async function settled(name: string, server: ApiServer): Promise<KubeObject> {
  await eventually(`namespace ${name} has its ServiceAccount`, async () => {
    return (await server.get(SERVICE_ACCOUNT, 'default', name)).code < 300;
  });
  return (await server.get(NAMESPACES, name)).object;
}

async function isServed(kind: Kind, server: ApiServer): Promise<void> {
  await eventually(`${kind.plural} are served`, async () => {
    const { message } = await server.get(kind, 'none', NAMESPACE);
    return message.includes('"none" not found');
  });
}

async function whoAsks(server: ApiServer): Promise<UserInfo> {
  const { apiVersion, kind } = REVIEW;
  const review = await server.create(REVIEW, { apiVersion, kind, metadata: { name: '' } });
  return (review.object.status as { userInfo: UserInfo }).userInfo;
}
