// What is decided about one child; whole plans stand in test/golden.
import test from 'ava';
import { CHILD_KINDS, DEPLOYMENT, INGRESS, SERVICE } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectMeta, OwnerReference } from '../../gitops/objects.ts';
import { desiredChildren } from '../../gitops/reconcile/children.ts';
import { type Change, changesOf, leavingOf, plan } from '../../gitops/reconcile/plan.ts';
import { applied, childrenOf, having, managed, webapp } from '../helpers/builders.ts';

test('unit: WebApp test-webapp in default with replicas 3, image nginx:1.21, port 80 gives a Deployment of 3 replicas and the Service', (t) => {
  const guide = webapp({
    metadata: { name: 'test-webapp', namespace: 'default' },
    spec: { replicas: 3, image: 'nginx:1.21', port: 80 },
  });
  const [deployment, service, ...others] = plan(guide, childrenOf([], CHILD_KINDS));
  t.deepEqual(others, []);
  t.like(deployment, {
    kind: 'create',
    of: DEPLOYMENT,
    desired: {
      kind: 'Deployment',
      metadata: { name: 'test-webapp', namespace: 'default' },
      spec: {
        replicas: 3,
        template: {
          spec: { containers: [{ image: 'nginx:1.21', ports: [{ containerPort: 80 }] }] },
        },
      },
    },
  });
  t.like(service, {
    kind: 'create',
    of: SERVICE,
    desired: {
      kind: 'Service',
      metadata: { name: 'test-webapp', namespace: 'default' },
      spec: { ports: [{ port: 80, targetPort: 'http' }] },
    },
  });
});

const shop = webapp();
const [wanted] = desiredChildren(shop) as [KubeObject];
const live = applied(wanted);
const owner = wanted.metadata.ownerReferences?.[0] as OwnerReference;
const GONE = '2026-01-01T00:00:00Z';
const owned = (...ownerReferences: OwnerReference[]): Partial<ObjectMeta> => ({ ownerReferences });
const image = (object: KubeObject, text: string): KubeObject => {
  const spec = structuredClone(object.spec) as { template: { spec: { containers: object[] } } };
  Object.assign(spec.template.spec.containers[0] ?? {}, { image: text });
  return { ...object, spec };
};

const decided: { title: string; there: KubeObject | undefined; want: string[] }[] = [
  { title: 'an absent child is created', there: undefined, want: ['create'] },
  { title: 'a child that is right is left alone', there: live, want: [] },
  {
    title: 'what others added is left alone',
    there: having(live, { annotations: { a: 'b' }, labels: { ...live.metadata.labels, x: 'y' } }),
    want: [],
  },
  {
    title: 'what others own is no reason to write',
    there: having(live, {
      managedFields: [
        managed({ 'f:spec': { 'f:paused': {} } }, { manager: 'kubectl', operation: 'Update' }),
      ],
    }),
    want: [],
  },
  {
    title: 'what our own update wrote is no reason to write',
    there: having(live, {
      managedFields: [managed({ 'f:spec': { 'f:paused': {} } }, { operation: 'Update' })],
    }),
    want: [],
  },
  {
    title: 'what we applied to a subresource is no reason to write',
    there: having(live, {
      managedFields: [managed({ 'f:status': { 'f:x': {} } }, { subresource: 'status' })],
    }),
    want: [],
  },
  { title: 'a changed field is applied', there: image(live, 'nginx:0'), want: ['apply'] },
  { title: 'a lost label is applied', there: having(live, { labels: {} }), want: ['apply'] },
  {
    title: 'a field we applied once and want no more is applied away',
    there: having(live, { managedFields: [managed({ 'f:spec': { 'f:paused': {} } })] }),
    want: ['apply'],
  },
  {
    title: 'a child on its way out is waited for',
    there: having(image(live, 'nginx:0'), { deletionTimestamp: GONE }),
    want: [],
  },
  {
    title: 'an object without controller that consents is taken over',
    there: having(live, {
      ownerReferences: [],
      annotations: { 'webapps.example.com/adopt': 'true' },
    }),
    want: ['apply'],
  },
  {
    title: 'a second owner beside us is theirs',
    there: having(live, owned({ ...owner, uid: 'x', controller: false }, owner)),
    want: [],
  },
];

for (const { title, there, want } of decided) {
  test(`plan: ${title}`, (t) => {
    const changes = plan(shop, childrenOf(there ? [there] : [], [DEPLOYMENT]));
    t.deepEqual(
      changes.map(({ kind }) => kind),
      want as Change['kind'][],
    );
    for (const change of changes) {
      t.is(change.of, DEPLOYMENT);
      // The write is conditioned on what was read, so it must carry just that.
      if ('live' in change) t.is(change.live, there as KubeObject);
      if ('desired' in change) t.deepEqual(change.desired, wanted);
    }
  });
}

const CONFLICT = { name: 'PermanentError', reason: 'NameConflict' };
const WAITING = { name: 'RetryableError', reason: 'WaitingForGarbageCollection' };
const refused: { title: string; metadata: Partial<ObjectMeta>; want: object; message: RegExp }[] = [
  {
    title: 'nobody’s, without consent',
    metadata: { ownerReferences: [] },
    want: CONFLICT,
    message: /^Deployment default\/shop exists and was not made for this WebApp.*adopt=true/,
  },
  {
    title: 'nobody’s, with another word than true',
    metadata: { ownerReferences: [], annotations: { 'webapps.example.com/adopt': 'yes' } },
    want: CONFLICT,
    message: /adopt=true/,
  },
  {
    title: 'owned by one that does not control it',
    metadata: owned({ ...owner, controller: false }),
    want: CONFLICT,
    message: /was not made for this WebApp/,
  },
  {
    title: 'another’s',
    metadata: owned({ ...owner, kind: 'Rollout', name: 'x', uid: 'x' }),
    want: CONFLICT,
    message: /controlled by Rollout x/,
  },
  {
    title: 'another’s, with consent',
    metadata: {
      ...owned({ ...owner, kind: 'Rollout', name: 'x', uid: 'x' }),
      annotations: { 'webapps.example.com/adopt': 'true' },
    },
    want: CONFLICT,
    message: /controlled by Rollout x/,
  },
  {
    title: 'another WebApp’s',
    metadata: owned({ ...owner, name: 'other', uid: 'x' }),
    want: CONFLICT,
    message: /controlled by WebApp other/,
  },
  {
    title: 'an earlier WebApp’s of this name',
    metadata: owned({ ...owner, uid: 'x' }),
    want: WAITING,
    message: /earlier WebApp/,
  },
  {
    title: 'an earlier WebApp’s, already on its way out',
    metadata: { ...owned({ ...owner, uid: 'x' }), deletionTimestamp: GONE },
    want: WAITING,
    message: /earlier WebApp/,
  },
];

for (const { title, metadata, want, message } of refused) {
  test(`plan: an object that is ${title}, is refused`, (t) => {
    const error = t.throws(() => plan(shop, childrenOf([having(live, metadata)], [DEPLOYMENT])));
    t.like(error, want);
    t.regex(error?.message ?? '', message);
  });
}

const ingress = applied(
  desiredChildren(webapp({ spec: { host: 'a.example.org' } })).find(
    ({ kind }) => kind === INGRESS.kind,
  ) as KubeObject,
);
const gone: { title: string; there: KubeObject | undefined; want: string[] }[] = [
  { title: 'that is not there', there: undefined, want: [] },
  { title: 'of ours is deleted', there: ingress, want: ['delete'] },
  {
    title: 'on its way out is waited for',
    there: having(ingress, { deletionTimestamp: GONE }),
    want: [],
  },
  { title: 'of nobody is left', there: having(ingress, { ownerReferences: [] }), want: [] },
  {
    title: 'of nobody is left though it may be adopted',
    there: having(ingress, {
      ownerReferences: [],
      annotations: { 'webapps.example.com/adopt': 'true' },
    }),
    want: [],
  },
  { title: 'of another is left', there: having(ingress, owned({ ...owner, uid: 'x' })), want: [] },
  {
    title: 'we own but do not control is left',
    there: having(ingress, owned({ ...owner, controller: false })),
    want: [],
  },
];

for (const { title, there, want } of gone) {
  test(`plan: an unwanted child ${title}`, (t) => {
    const changes = plan(shop, childrenOf(there ? [there] : [], [INGRESS]));
    t.deepEqual(
      changes.map(({ kind }) => kind),
      want as Change['kind'][],
    );
  });
}

test('plan: kinds that were not read are left alone', (t) => {
  t.deepEqual(plan(webapp({ spec: { host: 'a.example.org' } }), new Map()), []);
  const [only, ...others] = plan(shop, childrenOf([], [SERVICE]));
  t.is(only?.of, SERVICE);
  t.deepEqual(others, []);
});

test('leavingOf: what is wanted and on its way out is waited for, what is to go anyway is not', (t) => {
  const leave = (object: KubeObject) => having(object, { deletionTimestamp: GONE });
  const there = childrenOf([leave(live), leave(ingress)], CHILD_KINDS);
  t.deepEqual(leavingOf(shop, there), [DEPLOYMENT]);
  t.deepEqual(leavingOf(webapp({ spec: { host: 'a.example.org' } }), there), [DEPLOYMENT, INGRESS]);
  t.deepEqual(leavingOf(shop, childrenOf([live], CHILD_KINDS)), []);
});

test('changesOf: fields are told with their live and their desired value', (t) => {
  const [change] = changesOf(DEPLOYMENT, wanted, image(live, 'nginx:0'));
  const path = 'spec.template.spec.containers[web].image';
  t.like(change, { kind: 'apply', fields: [{ path, from: 'nginx:0', to: 'nginx:1.27' }] });
});
