// Which children a WebApp has, and what they have in common.
import test from 'ava';
import type { KubeObject } from '../../gitops/objects.ts';
import { desiredChildren, podLabels } from '../../gitops/reconcile/children.ts';
import type { WebApp } from '../../gitops/webapp.ts';
import { applied, at, managed, webapp } from '../helpers/builders.ts';

type Spec = WebApp['spec'];
const CPU = { requests: { cpu: '100m' } };
const AUTOSCALING = { minReplicas: 2, maxReplicas: 6, cpuPercent: 70 };
const LABELS = { 'app.kubernetes.io/instance': 'shop', 'app.kubernetes.io/name': 'shop' };
const MANAGED = { 'app.kubernetes.io/managed-by': 'webapp-operator' };

const kinds: { title: string; spec: Partial<Spec>; want: string[] }[] = [
  { title: 'the least', spec: {}, want: ['Deployment', 'Service'] },
  { title: 'a host', spec: { host: 'a.example.org' }, want: ['Deployment', 'Service', 'Ingress'] },
  {
    title: 'autoscaling',
    spec: { autoscaling: AUTOSCALING },
    want: ['Deployment', 'Service', 'HorizontalPodAutoscaler'],
  },
  {
    title: 'all',
    spec: { host: 'a', autoscaling: AUTOSCALING },
    want: ['Deployment', 'Service', 'Ingress', 'HorizontalPodAutoscaler'],
  },
  {
    title: 'suspension changes nothing here',
    spec: { suspend: true },
    want: ['Deployment', 'Service'],
  },
];

for (const { title, spec, want } of kinds) {
  test(`children of: ${title}`, (t) => {
    t.deepEqual(
      children(spec).map(({ kind }) => kind),
      want,
    );
  });
}

test('children: every child names its owner and carries the labels', (t) => {
  for (const { metadata } of children({ host: 'a', autoscaling: AUTOSCALING })) {
    t.deepEqual(metadata, {
      name: 'shop',
      namespace: 'default',
      labels: { ...LABELS, ...MANAGED, 'app.kubernetes.io/component': 'web' },
      ownerReferences: [
        {
          apiVersion: 'example.com/v1',
          kind: 'WebApp',
          name: 'shop',
          uid: 'uid-of-shop',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    });
  }
});

test('children: selectors depend on the name alone and select the pods', (t) => {
  const many: Partial<Spec>[] = [
    {},
    { image: 'b', replicas: 9, port: 1, securityProfile: 'restricted' },
  ];
  for (const spec of many) {
    const [deployment, service] = children(spec);
    t.deepEqual(at(deployment, 'spec.selector.matchLabels'), LABELS);
    t.deepEqual(at(service, 'spec.selector'), LABELS);
    t.deepEqual(at(deployment, 'spec.template.metadata.labels'), { ...LABELS, ...MANAGED });
  }
  t.deepEqual(podLabels(webapp()), LABELS);
});

const OURS = managed({ 'f:spec': { 'f:replicas': {} } });
const RELEASED = managed({ 'f:spec': { 'f:selector': {} } });
const HPA = managed(
  { 'f:spec': { 'f:replicas': {} } },
  { manager: 'kube-controller-manager', operation: 'Update', subresource: 'scale' },
);
const handover: { title: string; live?: [number, ...(typeof OURS)[]]; want: number | undefined }[] =
  [
    { title: 'at first the least there may be', want: 2 },
    { title: 'still ours: what is live is repeated', live: [5, OURS], want: 5 },
    {
      title: 'still ours at none: the least, as an autoscaler leaves 0 alone',
      live: [0, OURS],
      want: 2,
    },
    { title: 'ours and the autoscaler’s', live: [4, OURS, HPA], want: 4 },
    { title: 'taken over', live: [4, RELEASED, HPA], want: undefined },
    { title: 'nobody’s', live: [4, RELEASED], want: undefined },
    {
      title: 'our own update is no apply',
      live: [4, { ...OURS, operation: 'Update' }],
      want: undefined,
    },
  ];

for (const { title, live, want } of handover) {
  test(`children, replicas under autoscaling: ${title}`, (t) => {
    const spec = { replicas: 3, resources: CPU, autoscaling: AUTOSCALING };
    const [deployment] = desiredChildren(webapp({ spec }), live && scaled(live));
    t.deepEqual(at(deployment, 'spec.replicas'), want);
    t.is(Object.hasOwn(Object(at(deployment, 'spec')), 'replicas'), want !== undefined);
  });
}

test('children, replicas without autoscaling: the spec decides, whatever is live', (t) => {
  const [deployment] = desiredChildren(webapp({ spec: { replicas: 3 } }), scaled([5, HPA]));
  t.is(at(deployment, 'spec.replicas'), 3);
});

test('children: the same WebApp gives the same children', (t) => {
  const spec = { host: 'a', autoscaling: AUTOSCALING, env: [{ name: 'A', value: '1' }] };
  t.deepEqual(children(spec), children(structuredClone(spec)));
});

function children(spec: Partial<Spec>): KubeObject[] {
  return desiredChildren(webapp({ spec }));
}

function scaled([replicas, ...managedFields]: [number, ...(typeof OURS)[]]): KubeObject {
  const [deployment] = children({}) as [KubeObject];
  const live = applied({ ...deployment, spec: { ...(deployment.spec as object), replicas } });
  return { ...live, metadata: { ...live.metadata, managedFields } };
}
