// Which changes of an object are worth an event: what a reconciler may have to act on, and nothing it wrote itself.
import test from 'ava';
import { fingerprint } from '../../functions/relay/fingerprint.ts';
import type { KubeObject, ObjectMeta } from '../../gitops/objects.ts';
import { desiredChildren } from '../../gitops/reconcile/children.ts';
import { applied, having, managed, webapp, webappSource } from '../helpers/builders.ts';

const [deployment, service] = desiredChildren(webapp()).map((child) =>
  applied({ ...child, metadata: { ...child.metadata, generation: 1 } }),
) as [KubeObject, KubeObject];

const ready = (status: string, time: string) => ({
  type: 'Available',
  status,
  reason: 'R',
  message: 'm',
  lastTransitionTime: time,
  lastUpdateTime: time,
});
const rolled = (readyReplicas: number, status = 'True', time = '2026-01-01T00:00:00Z') => ({
  ...deployment,
  status: { observedGeneration: 1, readyReplicas, conditions: [ready(status, time)] },
});

/** A Deployment of which `observed` is the generation that its controller has seen. */
const seen = (generation: number, observed: number) =>
  having(
    { ...rolled(1), status: { ...rolled(1).status, observedGeneration: observed } },
    { generation },
  );

type Edit = (object: KubeObject) => KubeObject;
const meta =
  (metadata: Partial<ObjectMeta>): Edit =>
  (object) =>
    having(object, metadata);
const bump = meta({ resourceVersion: '99', managedFields: [managed({ 'f:x': {} })] });
const part =
  (fields: object): Edit =>
  (object) => ({ ...object, ...fields });
const annotate =
  (name: string): Edit =>
  (object) =>
    having(object, { annotations: { ...object.metadata.annotations, [name]: 'x' } });

const OURS = [webapp(), webappSource()];
const CHILDREN = [deployment, service];
const rows: { title: string; of: readonly KubeObject[]; edit: Edit; told: boolean }[] = [
  {
    title: 'nothing but the version and its managers',
    of: [...OURS, ...CHILDREN],
    edit: bump,
    told: false,
  },
  {
    title: 'a status we wrote',
    of: OURS,
    edit: part({ status: { observedGeneration: 1, phase: 'Ready' } }),
    told: false,
  },
  {
    title: 'a spec, and so the generation',
    of: OURS,
    edit: (object) => having(part({ spec: { image: 'b' } })(object), { generation: 2 }),
    told: true,
  },
  { title: 'a label', of: [...OURS, ...CHILDREN], edit: meta({ labels: { a: 'b' } }), told: true },
  {
    title: 'an annotation: a visit is asked for',
    of: OURS,
    edit: annotate('webapps.example.com/requestedAt'),
    told: true,
  },
  {
    title: 'an annotation: a new commit',
    of: OURS,
    edit: annotate('webapps.example.com/revision'),
    told: true,
  },
  {
    title: 'an annotation of a child, which decides nothing',
    of: CHILDREN,
    edit: annotate('deployment.kubernetes.io/revision'),
    told: false,
  },
  {
    title: 'a deletion',
    of: [...OURS, ...CHILDREN],
    edit: meta({ deletionTimestamp: '2026-01-01T00:00:00Z' }),
    told: true,
  },
  { title: 'an owner', of: CHILDREN, edit: meta({ ownerReferences: [] }), told: true },
  { title: 'the spec of a child', of: CHILDREN, edit: part({ spec: { replicas: 9 } }), told: true },
  {
    title: 'the status of a Service',
    of: [service],
    edit: part({ status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } }),
    told: false,
  },
  { title: 'the pods of a Deployment', of: [rolled(1)], edit: () => rolled(2), told: true },
  {
    title: 'a condition of a Deployment',
    of: [rolled(1)],
    edit: () => rolled(1, 'False'),
    told: true,
  },
  {
    title: 'the time of a condition',
    of: [rolled(1)],
    edit: () => rolled(1, 'True', '2026-01-02T00:00:00Z'),
    told: false,
  },
  {
    title: 'a generation of a Deployment that was seen',
    of: [seen(2, 1)],
    edit: () => seen(2, 2),
    told: true,
  },
  {
    title: 'a generation of a Deployment that was not seen yet',
    of: [seen(2, 2)],
    edit: () => seen(3, 2),
    told: true,
  },
  {
    title: 'an earlier generation of a Deployment that was seen',
    of: [seen(3, 1)],
    edit: () => seen(3, 2),
    told: false,
  },
  {
    title: 'the number of the generation that was seen',
    of: [seen(1, 1)],
    edit: () => seen(2, 2),
    told: false,
  },
  {
    title: 'the first status of a Deployment',
    of: [deployment],
    edit: () => rolled(0),
    told: true,
  },
];

for (const { title, of, edit, told } of rows) {
  for (const object of of) {
    test(`fingerprint of a ${object.kind}: ${told ? 'told' : 'not told'}: ${title}`, (t) => {
      t.is(fingerprint(edit(object)) !== fingerprint(object), told);
    });
  }
}

test('fingerprint: the same object has the same one', (t) => {
  for (const object of [...OURS, ...CHILDREN, rolled(1)]) {
    t.is(fingerprint(object), fingerprint(structuredClone(object)));
  }
});
