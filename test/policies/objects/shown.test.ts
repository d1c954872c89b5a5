// What objects become, without a cluster: the form that policies see, and which of it only a cluster can tell.
import { join } from 'node:path';
import test from 'ava';
import {
  admittedObject,
  type JsonObject,
  schemasOf,
  Undetermined,
  withExamples,
} from '../../../policies/objects/index.ts';
import { documentsOf } from '../../helpers/documents.ts';

interface Case {
  readonly title: string;
  readonly object: JsonObject;
  readonly shown: JsonObject;
  /** Paths of what the cluster decides, beside what it always does. */
  readonly undetermined?: readonly string[];
  /** Whether there are no managedFields. */
  readonly unmanaged?: boolean;
}

const [cases] = await documentsOf(join(import.meta.dirname, 'shown.yaml'));
const schemas = schemasOf(
  await documentsOf(join(import.meta.dirname, '../../../infra/crd/webapp.yaml')),
);
const ALWAYS = ['metadata.creationTimestamp', 'metadata.uid'];

for (const { title, object, shown, undetermined = [], unmanaged } of cases as unknown as Case[]) {
  test(title, (t) => {
    const admitted = admittedObject({ object, schemas });
    if (admitted.kind !== 'admitted') return t.fail(JSON.stringify(admitted));
    t.deepEqual(withoutServerFields(withExamples(admitted.object) as JsonObject), shown);
    const managed = unmanaged ? [] : ['metadata.managedFields'];
    const all = [...ALWAYS, ...managed, ...undetermined];
    t.deepEqual(undeterminedIn(admitted.object, '').sort(), all.sort());
  });
}

function withoutServerFields({ metadata, ...rest }: JsonObject): JsonObject {
  const { uid: _, creationTimestamp: __, managedFields: ___, ...meta } = metadata as JsonObject;
  return { ...rest, metadata: meta };
}

function undeterminedIn(value: unknown, path: string): string[] {
  if (value instanceof Undetermined) return [path.slice(1)];
  if (typeof value !== 'object' || value === null) return [];
  const list = Array.isArray(value);
  return Object.entries(value).flatMap(([key, item]) =>
    undeterminedIn(item, list ? `${path}[${key}]` : `${path}.${key}`),
  );
}

const REFUSED: readonly [reason: string, object: JsonObject][] = [
  ['metadata.labels.a must be a string', { metadata: { labels: { a: 1 } } }],
  ['metadata must be an object', { metadata: [] }],
  ['spec.replicas must be an int32', { spec: { replicas: '1' } }],
  ['spec.replicas must be an int32', { spec: { replicas: 3_000_000_000 } }],
  ['spec.paused must be a bool', { spec: { paused: 'true' } }],
  [
    'spec.template.spec.containers must be a list',
    { spec: { template: { spec: { containers: {} } } } },
  ],
  [
    'spec.template.spec.containers[0].resources.limits.cpu must be a quantity',
    { spec: { template: { spec: { containers: [{ resources: { limits: { cpu: 'much' } } }] } } } },
  ],
];

for (const [reason, object] of REFUSED) {
  test(`refused: ${reason}: ${JSON.stringify(object)}`, (t) => {
    const whole = { apiVersion: 'apps/v1', kind: 'Deployment', ...object };
    t.deepEqual(admittedObject({ object: whole, schemas }), { kind: 'refused', reason });
  });
}

const UNKNOWN: readonly [what: string, object: JsonObject][] = [
  ['batch/v1 Job', { apiVersion: 'batch/v1', kind: 'Job' }],
  ['example.com/v2 WebApp', { apiVersion: 'example.com/v2', kind: 'WebApp' }],
  ['undefined undefined', {}],
  [
    'a Pod of the RuntimeClass x',
    { apiVersion: 'v1', kind: 'Pod', spec: { runtimeClassName: 'x' } },
  ],
];

for (const [what, object] of UNKNOWN) {
  test(`not known: ${what}`, (t) => {
    t.deepEqual(admittedObject({ object, schemas }), { kind: 'unknown', what });
  });
}
