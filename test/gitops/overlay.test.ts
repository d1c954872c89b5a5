import test from 'ava';
import type { FieldSet, KubeObject } from '../../gitops/objects.ts';
import { afterApply, afterPatch } from '../../gitops/overlay.ts';
import { OPERATOR } from '../../gitops/webapp.ts';
import { managed } from '../helpers/builders.ts';

type Spec = Record<string, unknown>;

const object = (spec: Spec, ...owners: ReturnType<typeof managed>[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'x', managedFields: owners },
  spec,
});
const inSpec = (fields: FieldSet): FieldSet => ({ 'f:spec': fields });
const specAfter = (live: KubeObject, spec: Spec) => afterApply(live, object(spec), OPERATOR).spec;

const A = { name: 'A', value: '1' };
const B = { name: 'B', value: '2' };
const ITEM_A = { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } };
const byOther = { manager: 'kubectl-edit', operation: 'Update' } as const;

interface Case {
  readonly live: Spec;
  readonly own?: FieldSet;
  readonly others?: FieldSet;
  readonly desired: Spec;
  readonly after: Spec;
}

const cases: Record<string, Case> = {
  'what others put beside ours stays': {
    live: { replicas: 4, image: 'a:1' },
    own: { 'f:image': {} },
    desired: { image: 'a:2' },
    after: { replicas: 4, image: 'a:2' },
  },
  'what we applied and no longer want is gone': {
    live: { replicas: 12, image: 'a:1' },
    own: { 'f:image': {}, 'f:replicas': {} },
    desired: { image: 'a:1' },
    after: { image: 'a:1' },
  },
  'what somebody else wants, too, stays': {
    live: { replicas: 12 },
    own: { 'f:replicas': {} },
    others: { 'f:replicas': {} },
    desired: {},
    after: { replicas: 12 },
  },
  'of a map that we no longer want, what others own stays': {
    live: { limits: { cpu: '1', memory: '2' } },
    own: { 'f:limits': { 'f:cpu': {}, 'f:memory': {} } },
    others: { 'f:limits': { 'f:memory': {} } },
    desired: {},
    after: { limits: { memory: '2' } },
  },
  'an item that we no longer want is gone': {
    live: { env: [A, B] },
    own: { 'f:env': { ...ITEM_A, 'k:{"name":"B"}': {} } },
    desired: { env: [B] },
    after: { env: [B] },
  },
  'an item of others stays': {
    live: { env: [A, B] },
    own: { 'f:env': ITEM_A },
    desired: { env: [{ name: 'A', value: '3' }] },
    after: { env: [{ name: 'A', value: '3' }, B] },
  },
  'no empty list is left of items that are gone': {
    live: { env: [A] },
    own: { 'f:env': ITEM_A },
    desired: {},
    after: {},
  },
  'a member of a set that we no longer want is gone': {
    live: { hosts: ['a', 'b'] },
    own: { 'f:hosts': { 'v:"a"': {} } },
    desired: {},
    after: { hosts: ['b'] },
  },
  'a list without keys is one value': {
    live: { rules: [{ host: 'old.example' }] },
    own: { 'f:rules': {} },
    desired: { rules: [{ host: 'new.example' }] },
    after: { rules: [{ host: 'new.example' }] },
  },
  'a selector is one value': {
    live: { selector: { app: 'a', version: 'blue' } },
    desired: { selector: { app: 'a' } },
    after: { selector: { app: 'a' } },
  },
};

for (const [title, { live, own, others, desired, after }] of Object.entries(cases)) {
  test(title, (t) => {
    const owners = [
      ...(own ? [managed(inSpec(own))] : []),
      ...(others ? [managed(inSpec(others), byOther)] : []),
    ];
    t.deepEqual(specAfter(object(live, ...owners), desired), after);
  });
}

test('who owns the status has no say', (t) => {
  const status = managed(inSpec({ 'f:replicas': {} }), { ...byOther, subresource: 'status' });
  const live = object({ replicas: 1 }, managed(inSpec({ 'f:replicas': {} })), status);
  t.deepEqual(specAfter(live, {}), {});
});

test('a patch of ports takes away what it deletes', (t) => {
  const live = object({ ports: [{ name: 'http', port: 81 }, { port: 9 }], type: 'ClusterIP' });
  const ports = [
    { $patch: 'delete', port: 81 },
    { name: 'http', port: 80 },
  ];
  t.deepEqual(afterPatch(live, { spec: { ports } }).spec, {
    ports: [{ name: 'http', port: 80 }, { port: 9 }],
    type: 'ClusterIP',
  });
});
