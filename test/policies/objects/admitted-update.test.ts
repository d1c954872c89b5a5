// Whether both objects of an update are as a real API server shows them to policies.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { admittedObject, type JsonObject, schemasOf } from '../../../policies/objects/index.ts';
import { claims } from '../../helpers/claims.ts';
import { freshNamespace, testCluster } from '../../helpers/control-plane.ts';
import { collectionOf, documentsOf, pluralOf, Witness } from '../../helpers/witness.ts';

interface Update {
  readonly title: string;
  readonly old: JsonObject;
  readonly new: JsonObject;
}

const SETTLED_MS = 2_000;

test('updates are as the API server shows them to policies', async (t) => {
  const cluster = await testCluster();
  await using witness = new Witness(cluster.kubeconfig);
  const namespace = await freshNamespace(cluster);
  const [updates] = await documentsOf(join(import.meta.dirname, 'updates.yaml'));
  const schemas = schemasOf(
    await documentsOf(join(import.meta.dirname, '../../../infra/crd/webapp.yaml')),
  );
  const cases = (updates as unknown as Update[]).map((update, at) => {
    const name = `${namespace}-${at}`;
    const path = collectionOf(update.old, namespace);
    return { ...update, name, path, old: named(update.old, name), new: named(update.new, name) };
  });
  await Promise.all(cases.map(({ path, old }) => witness.make(path, old)));
  // Controllers write what they have to say of new objects.
  await sleep(SETTLED_MS);
  const statements = await Promise.all(
    cases.map(async ({ title, name, path, new: given }) => {
      const oldObject = JSON.parse((await witness.send('GET', `${path}/${name}`)).body);
      const { resourceVersion } = oldObject.metadata;
      const object = { ...given, metadata: { ...(given.metadata as object), resourceVersion } };
      const admitted = admittedObject({ object, oldObject, namespace, schemas });
      if (admitted.kind !== 'admitted') throw new Error(JSON.stringify({ object, admitted }));
      const about = {
        name,
        apiVersion: `${given.apiVersion}`,
        resource: pluralOf(`${given.kind}`),
      };
      const all = [
        ...claims(admitted.object, 'object'),
        ...claims(admitted.oldObject, 'oldObject'),
      ];
      return { title, path: `${path}/${name}`, object, statement: { ...about, claims: all } };
    }),
  );
  await witness.state(statements.map(({ statement }) => statement));
  for (const { title, path, object, statement } of statements) {
    const send = () => witness.send('PUT', `${path}?dryRun=All`, object);
    t.deepEqual(await witness.refuted(statement.name, send), [], title);
  }
});

function named({ metadata, ...rest }: JsonObject, name: string): JsonObject {
  return { ...rest, metadata: { ...(metadata as object), name, labels: { case: name } } };
}
