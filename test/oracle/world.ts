// What the cluster of the oracle has: namespaces, a permissive kind, the parameter of generated policies.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { CONFIG_MAP, type Kind, NAMESPACE as NAMESPACES } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import type { UserInfo } from '../../policies/index.ts';
import { eventually } from '../cluster/eventually.ts';
import type { ApiServer } from './api-server.ts';
import { NAMESPACE, PARAM_OBJECT } from './draft.ts';
import type { Circumstances } from './judged.ts';

export const THING: Kind = { apiVersion: 'oracle.example.com/v1', kind: 'Thing', plural: 'things' };
const WEBAPPS: Kind = { apiVersion: 'example.com/v1', kind: 'WebApp', plural: 'webapps' };
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
const root = join(import.meta.dirname, '..', '..');

/** Any object fits. */
const DEFINITION: KubeObject = {
  apiVersion: CRD.apiVersion,
  kind: CRD.kind,
  metadata: { name: 'things.oracle.example.com' },
  spec: {
    group: 'oracle.example.com',
    scope: 'Namespaced',
    names: { kind: THING.kind, plural: THING.plural },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
};

/** Prepares the cluster and returns what is known of it. Doing it again does no harm. */
export async function prepare(server: ApiServer): Promise<Circumstances> {
  const webapp = load(await readFile(join(root, 'infra/crd/webapp.yaml'), 'utf8')) as KubeObject;
  const definitions = [DEFINITION, webapp];
  for (const definition of definitions) await server.create(CRD, definition);
  const labels = { tier: 'test' };
  await server.create(NAMESPACES, object(NAMESPACES, { name: NAMESPACE, labels }));
  for (const kind of [THING, WEBAPPS]) await isServed(kind, server);
  await server.create(CONFIG_MAP, PARAM_OBJECT);
  const namespaces = new Map<string, KubeObject>();
  for (const name of ['default', NAMESPACE]) {
    namespaces.set(name, (await server.get(NAMESPACES, name)).object);
  }
  return { namespaces, definitions, user: await whoAsks(server) };
}

async function isServed(kind: Kind, server: ApiServer): Promise<void> {
  await eventually(`${kind.plural} are served`, async () => {
    const { message } = await server.get(kind, 'none', NAMESPACE);
    return message.includes('"none" not found');
  });
}

async function whoAsks(server: ApiServer): Promise<UserInfo> {
  const review = await server.create(REVIEW, object(REVIEW, { name: '' }));
  return (review.object.status as { userInfo: UserInfo }).userInfo;
}

function object({ apiVersion, kind }: Kind, metadata: KubeObject['metadata']): KubeObject {
  return { apiVersion, kind, metadata };
}
