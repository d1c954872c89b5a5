// Whether objects are as a real API server shows them to policies: all claims about them are put to it as policies.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import {
  admittedObject,
  type JsonObject,
  namespaceObject,
  schemasOf,
} from '../../../policies/objects/index.ts';
import { claims } from '../../helpers/claims.ts';
import { freshNamespace, testCluster } from '../../helpers/control-plane.ts';
import { documentsOf } from '../../helpers/documents.ts';
import { collectionOf, pluralOf, Witness } from '../../helpers/witness.ts';

const HERE = import.meta.dirname;
const GOLDEN = join(HERE, '../../golden');
const CONFIG_MAP = { apiVersion: 'v1', resource: 'configmaps' };

test('new objects are as the API server shows them to policies', async (t) => {
  const cluster = await testCluster();
  await using witness = new Witness(cluster.kubeconfig);
  const [definition = {}, ...custom] = await documentsOf(join(HERE, 'odd-custom.yaml'));
  const [webapps = {}] = await documentsOf(join(HERE, '../../../infra/crd/webapp.yaml'));
  await using _ = await witness.installed(definition, '/apis/objects.example.com/v1/oddities');
  const namespace = await freshNamespace(cluster);
  await witness.untilPods(namespace);
  const objects = [
    ...(await documentsOf(join(HERE, 'odd-objects.yaml'))),
    ...(await documentsOf(join(HERE, 'odd-pods.yaml'))),
    ...custom,
    ...(await goldenObjects()),
  ];
  const schemas = schemasOf([definition, webapps]);
  const cases = objects.map((object, at) => caseOf(object, { at, namespace, schemas }));
  await witness.state(cases.map(({ statement }) => statement));
  for (const { object, statement } of cases) {
    const path = `${collectionOf(object, namespace)}?dryRun=All`;
    const send = () => witness.send('POST', path, object);
    t.deepEqual(await witness.refuted(statement.name, send), [], JSON.stringify(object));
  }
});

test('what apply creates is the same to policies', async (t) => {
  const cluster = await testCluster();
  await using witness = new Witness(cluster.kubeconfig);
  const namespace = await freshNamespace(cluster);
  const schemas = schemasOf(await documentsOf(join(HERE, '../../../infra/crd/webapp.yaml')));
  const objects = await goldenObjects();
  const cases = objects.map((object, at) => caseOf(object, { at, namespace, schemas }));
  await witness.state(cases.map(({ statement }) => statement));
  for (const { object, statement } of cases) {
    const { name } = object.metadata as { name: string };
    const path = `${collectionOf(object, namespace)}/${name}?dryRun=All&fieldManager=test`;
    const send = () => witness.send('PATCH', path, object);
    t.deepEqual(await witness.refuted(statement.name, send), [], JSON.stringify(object));
  }
});

const KINDS: readonly [apiVersion: string, kind: string][] = [
  ['v1', 'ConfigMap'],
  ['v1', 'ServiceAccount'],
  ['policy/v1', 'PodDisruptionBudget'],
];

for (const [apiVersion, kind] of KINDS) {
  test(`a ${kind} that has only a name is as the API server shows it to policies`, async (t) => {
    const cluster = await testCluster();
    await using witness = new Witness(cluster.kubeconfig);
    const namespace = await freshNamespace(cluster);
    const name = `${namespace}-${kind.toLowerCase()}`;
    const object = { apiVersion, kind, metadata: { name } };
    const admitted = admittedObject({ object, namespace, schemas: () => undefined });
    if (admitted.kind !== 'admitted') return t.fail(JSON.stringify(admitted));
    const about = { name, objectName: name, apiVersion, resource: pluralOf(kind), namespace };
    await witness.state([{ ...about, claims: claims(admitted.object, 'object') }]);
    const path = `${collectionOf(object, namespace)}?dryRun=All`;
    t.deepEqual(await witness.refuted(name, () => witness.send('POST', path, object)), []);
  });
}

test('namespaceObject is as the API server shows it to policies', async (t) => {
  const cluster = await testCluster();
  await using witness = new Witness(cluster.kubeconfig);
  const name = await freshNamespace(cluster);
  const live = JSON.parse((await witness.send('GET', `/api/v1/namespaces/${name}`)).body);
  const object = withCase({ apiVersion: 'v1', kind: 'ConfigMap' }, name);
  const all = claims(namespaceObject(live), 'dyn(namespaceObject)');
  await witness.state([{ name, namespace: name, ...CONFIG_MAP, claims: all }]);
  const path = `${collectionOf(object, name)}?dryRun=All`;
  t.deepEqual(await witness.refuted(name, () => witness.send('POST', path, object)), []);
});

test('a witness that is told wrong says so', async (t) => {
  const cluster = await testCluster();
  await using witness = new Witness(cluster.kubeconfig);
  const namespace = await freshNamespace(cluster);
  const name = `${namespace}-wrong`;
  const object = withCase({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } }, name);
  const wrong = claims({ data: { a: 'c' }, missing: { a: 1 } }, 'object');
  await witness.state([{ name, namespace, ...CONFIG_MAP, claims: wrong }]);
  const path = `${collectionOf(object, namespace)}?dryRun=All`;
  const refuted = await witness.refuted(name, () => witness.send('POST', path, object));
  t.is(refuted.length, 3);
});

interface Circumstances {
  readonly at: number;
  readonly namespace: string;
  readonly schemas: ReturnType<typeof schemasOf>;
}

function caseOf(given: JsonObject, { at, namespace, schemas }: Circumstances) {
  const name = `${namespace}-${at}`;
  const object = withCase(given, name);
  const admitted = admittedObject({ object, namespace, schemas });
  if (admitted.kind !== 'admitted') throw new Error(JSON.stringify({ object, admitted }));
  const { apiVersion, kind } = object;
  const about = {
    ...{ name, apiVersion: String(apiVersion), resource: pluralOf(String(kind)) },
    ...(kind !== 'Namespace' && { namespace }),
  };
  return { object, statement: { ...about, claims: claims(admitted.object, 'object') } };
}

/** Returns the object with the label by which its statement knows it. */
function withCase({ metadata, ...rest }: JsonObject, name: string): JsonObject {
  const { labels, ...meta } = (metadata ?? { name }) as JsonObject;
  return { ...rest, metadata: { ...meta, labels: { ...(labels as object), case: name } } };
}

/** WebApps and the children that are made of them, each content once. */
async function goldenObjects(): Promise<JsonObject[]> {
  const objects = new Map<string, JsonObject>();
  for (const folder of await readdir(GOLDEN)) {
    const [webapp] = await documentsOf(join(GOLDEN, folder, 'webapp.yaml'));
    const [plan] = await documentsOf(join(GOLDEN, folder, 'plan.yaml'));
    const steps: { desired?: JsonObject }[] = Array.isArray(plan) ? plan : [];
    for (const object of [webapp, ...steps.map(({ desired }) => desired)]) {
      if (object) objects.set(JSON.stringify(object), withoutPlace(object));
    }
  }
  return [...objects.values()];
}

/** Returns the object as somebody would write it who knows of no cluster. */
function withoutPlace({ metadata, ...rest }: JsonObject): JsonObject {
  const { namespace: _, uid: __, ...meta } = metadata as JsonObject;
  return { ...rest, metadata: meta };
}
