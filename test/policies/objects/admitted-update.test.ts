// Whether both objects of an update are as a real API server shows them to policies.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { admittedObject, type JsonObject, schemasOf } from '../../../policies/objects/index.ts';
import { claims } from '../../helpers/claims.ts';
import { freshNamespace, testCluster } from '../../helpers/control-plane.ts';
import { documentsOf } from '../../helpers/documents.ts';
import { collectionOf, pluralOf, Refused, type Statement, Witness } from '../../helpers/witness.ts';

interface Update {
  readonly title: string;
  readonly old: JsonObject;
  readonly new: JsonObject;
}

/** An update of the object at `path`, and what is claimed of it. */
interface Case {
  readonly title: string;
  readonly path: string;
  readonly new: JsonObject;
}

const SETTLED_MS = 2_000;
const ATTEMPTS = 15;

const schemas = schemasOf(
  await documentsOf(join(import.meta.dirname, '../../../infra/crd/webapp.yaml')),
);

test('updates are as the API server shows them to policies', async (t) => {
  const cluster = await testCluster();
  await using witness = new Witness(cluster.kubeconfig);
  const namespace = await freshNamespace(cluster);
  await witness.untilPods(namespace);
  const [updates] = await documentsOf(join(import.meta.dirname, 'updates.yaml'));
  const cases = (updates as unknown as Update[]).map(async ({ title, old, new: after }, at) => {
    const name = `${namespace}-${at}`;
    const collection = collectionOf(old, namespace);
    await witness.make(collection, withMetadata(old, { name }));
    return { title, path: `${collection}/${name}`, new: withMetadata(after, { name }) };
  });
  let open = await Promise.all(cases);
  for (let attempt = 0; attempt < ATTEMPTS && open.length > 0; attempt++) {
    await sleep(SETTLED_MS);
    open = await changedMeanwhile(witness, open, t);
  }
  t.deepEqual(open, []);
});

/** Compares, and returns the cases whose object a controller has changed between two requests. */
async function changedMeanwhile(
  witness: Witness,
  cases: readonly Case[],
  t: ExecutionContext,
): Promise<Case[]> {
  const requests = await Promise.all(cases.map((update) => requestOf(witness, update)));
  await witness.state(requests.map(({ statement }) => statement));
  const again: Case[] = [];
  for (const { update, object, statement } of requests) {
    const send = () => witness.send('PUT', `${update.path}?dryRun=All`, object);
    try {
      t.deepEqual(await witness.refuted(statement.name, send), [], update.title);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 409)) throw error;
      again.push(update);
    }
  }
  return again;
}

/** Objects are known by a label, so each attempt has its own. */
async function requestOf(witness: Witness, update: Case) {
  const oldObject = JSON.parse((await witness.send('GET', update.path)).body);
  const { name, namespace, resourceVersion } = oldObject.metadata;
  const label = `${name}-${resourceVersion}`;
  const object = withMetadata(update.new, { resourceVersion, labels: { case: label } });
  const admitted = admittedObject({ object, oldObject, namespace, schemas });
  if (admitted.kind !== 'admitted') throw new Error(`${update.title}: ${JSON.stringify(admitted)}`);
  const statement: Statement = {
    ...{ name: label, namespace },
    apiVersion: String(object.apiVersion),
    resource: pluralOf(String(object.kind)),
    claims: [...claims(admitted.object, 'object'), ...claims(admitted.oldObject, 'oldObject')],
  };
  return { update, object, statement };
}

function withMetadata({ metadata, ...rest }: JsonObject, added: object): JsonObject {
  return { ...rest, metadata: { ...(metadata as object), ...added } };
}
