// Whether objects are as a real API server shows them to policies: all claims about them are put to it as policies.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { admittedObject, type JsonObject, schemasOf } from '../../../policies/objects/index.ts';
import { parseYaml } from '../../../policies/yaml.ts';
import { claims } from '../../helpers/claims.ts';
import { freshNamespace, testCluster } from '../../helpers/control-plane.ts';
import { type Statement, Witness } from '../../helpers/witness.ts';

const ROOT = join(import.meta.dirname, '../../..');
const GOLDEN = join(ROOT, 'test/golden');

test('objects are as the API server shows them to policies', async (t) => {
  const cluster = await testCluster();
  await using witness = new Witness(cluster.kubeconfig);
  const namespace = await freshNamespace(cluster);
  const schemas = schemasOf(await documents(join(ROOT, 'infra/crd/webapp.yaml')));
  const objects = [
    ...(await documents(join(import.meta.dirname, 'odd-objects.yaml'))),
    ...(await documents(join(import.meta.dirname, 'odd-pods.yaml'))),
    ...(await goldenObjects()),
  ];
  const cases = objects.map((object, at) => {
    const name = `${namespace}-${at}`;
    const labelled = withLabel(object, name);
    const admitted = admittedObject({ object: labelled, namespace, schemas });
    if (admitted.kind !== 'admitted') throw new Error(JSON.stringify({ object, admitted }));
    return { object: labelled, statement: statementOf(name, admitted.object) };
  });
  await witness.state(cases.map(({ statement }) => statement));
  for (const { object, statement } of cases) {
    const path = collectionOf(object, namespace);
    const send = () => witness.send('POST', `${path}?dryRun=All`, object);
    const bad = await witness.refuted(statement.name, send); if (bad.length) console.log(statement.name, object.kind, bad);
  }
});

async function documents(path: string): Promise<JsonObject[]> {
  const file = parseYaml(await readFile(path, 'utf8'), path);
  if (file.kind === 'broken') throw new Error(JSON.stringify(file.problem));
  return file.documents.map(({ value }) => value as JsonObject);
}

/** WebApps and the children that are made of them, each content once. */
async function goldenObjects(): Promise<JsonObject[]> {
  const objects = new Map<string, JsonObject>();
  for (const folder of await readdir(GOLDEN)) {
    const [webapp] = await documents(join(GOLDEN, folder, 'webapp.yaml'));
    const [plan] = await documents(join(GOLDEN, folder, 'plan.yaml'));
    const steps: { desired?: JsonObject }[] = Array.isArray(plan) ? plan : [];
    for (const object of [webapp, ...steps.map(({ desired }) => desired)]) {
      if (object) objects.set(JSON.stringify(object), inNoNamespace(object));
    }
  }
  return [...objects.values()];
}

function inNoNamespace({ metadata, ...rest }: JsonObject): JsonObject {
  const { namespace: _, ...meta } = metadata as JsonObject;
  return { ...rest, metadata: meta };
}

function withLabel({ metadata, ...rest }: JsonObject, name: string): JsonObject {
  const { labels, ...meta } = metadata as JsonObject;
  return { ...rest, metadata: { ...meta, labels: { ...(labels as object), case: name } } };
}

function statementOf(name: string, object: JsonObject): Statement {
  return {
    name,
    apiVersion: String(object.apiVersion),
    resource: pluralOf(String(object.kind)),
    claims: claims(object, 'object'),
  };
}

function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  return name.endsWith('s') ? `${name}es` : `${name}s`;
}

function collectionOf({ apiVersion, kind }: JsonObject, namespace: string): string {
  const root = String(apiVersion).includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = kind === 'Namespace' ? '' : `/namespaces/${namespace}`;
  return `${root}${scope}/${pluralOf(String(kind))}`;
}
