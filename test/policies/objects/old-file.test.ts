// Updates whose old object comes from a file too: what the cluster has done to it meanwhile is not known.
import { join } from 'node:path';
import test from 'ava';
import {
  admittedObject,
  type JsonObject,
  schemasOf,
  Undetermined,
} from '../../../policies/objects/index.ts';
import { documentsOf } from '../../helpers/documents.ts';

const schemas = schemasOf(
  await documentsOf(join(import.meta.dirname, '../../../infra/crd/webapp.yaml')),
);

interface Seen extends JsonObject {
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
}

function updated(oldObject: JsonObject, object: JsonObject): { object: Seen; oldObject: Seen } {
  const admitted = admittedObject({ object, oldObject, schemas });
  if (admitted.kind !== 'admitted') throw new Error(JSON.stringify(admitted));
  return admitted as unknown as { object: Seen; oldObject: Seen };
}

const service = (ports: object[]) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a' },
  spec: { ports },
});

test('an address that was given once is kept, whatever it is', (t) => {
  const { object, oldObject } = updated(service([{ port: 80 }]), service([{ port: 81 }]));
  t.true(object.spec.clusterIP instanceof Undetermined);
  t.is(object.spec.clusterIP, oldObject.spec.clusterIP);
  t.is(object.metadata.uid, oldObject.metadata.uid);
  t.is(object.metadata.resourceVersion, oldObject.metadata.resourceVersion);
});

const webapp = (image: string) => ({
  apiVersion: 'example.com/v1',
  kind: 'WebApp',
  metadata: { name: 'a' },
  spec: { image },
});

const GENERATIONS: readonly [title: string, image: string, example: number][] = [
  ['a change is the next generation', 'y', 2],
  ['no change is the same generation', 'x', 1],
];

for (const [title, image, example] of GENERATIONS) {
  test(title, (t) => {
    const { object, oldObject } = updated(webapp('x'), webapp(image));
    t.deepEqual(oldObject.metadata.generation, new Undetermined(1));
    t.deepEqual(object.metadata.generation, new Undetermined(example));
  });
}

test('a status that controllers may have written is not known, and no request changes it', (t) => {
  const { object, oldObject } = updated(webapp('x'), {
    ...webapp('x'),
    status: { phase: 'Ready' },
  });
  t.true(oldObject.status instanceof Undetermined);
  t.is(object.status, oldObject.status);
});

test('of an object from a cluster all is known but who wrote which field', (t) => {
  const live = {
    ...webapp('x'),
    metadata: { name: 'a', uid: 'u', generation: 4, resourceVersion: '7', creationTimestamp: TIME },
    status: { phase: 'Ready' },
  };
  const { object, oldObject } = updated(live, webapp('y'));
  t.deepEqual(oldObject.metadata, live.metadata);
  const { managedFields, ...metadata } = object.metadata;
  t.true(managedFields instanceof Undetermined);
  t.deepEqual(metadata, { ...live.metadata, namespace: 'default', generation: 5 });
  t.deepEqual(object.status, { phase: 'Ready' });
});

const TIME = '2026-01-02T03:04:05Z';
