import test from 'ava';
import { conditionsFor } from '../../gitops/conditions.ts';
import type { ObjectMeta } from '../../gitops/objects.ts';
import { isObserved, isUntouched, kindsToRead, wantedKinds } from '../../gitops/reconcile/visit.ts';
import type { WebAppStatus } from '../../gitops/webapp.gen.ts';
import { ANNOTATION, type WebApp } from '../../gitops/webapp.ts';
import { NOW, webapp } from '../helpers/builders.ts';

const asked = (value: string) => ({ 'webapps.example.com/requestedAt': value });
const from = (value: string) => ({ 'webapps.example.com/revision': value });
const failed = (value: string) => ({ 'webapps.example.com/retry': value });

const observed: {
  title: string;
  metadata: Partial<ObjectMeta>;
  status: WebAppStatus;
  want: boolean;
}[] = [
  {
    title: 'before the first visit',
    metadata: { generation: 1 },
    status: { observedGeneration: -1 },
    want: false,
  },
  { title: 'no status at all', metadata: { generation: 1 }, status: {}, want: false },
  {
    title: 'nothing changed',
    metadata: { generation: 2 },
    status: { observedGeneration: 2 },
    want: true,
  },
  {
    title: 'the spec changed',
    metadata: { generation: 3 },
    status: { observedGeneration: 2 },
    want: false,
  },
  {
    title: 'annotations of others changed',
    metadata: { generation: 2, annotations: { a: 'b' } },
    status: { observedGeneration: 2 },
    want: true,
  },
  {
    title: 'a visit is asked for',
    metadata: { generation: 2, annotations: asked('b') },
    status: { observedGeneration: 2, lastHandledReconcileAt: 'a' },
    want: false,
  },
  {
    title: 'the visit asked for was made',
    metadata: { generation: 2, annotations: asked('b') },
    status: { observedGeneration: 2, lastHandledReconcileAt: 'b' },
    want: true,
  },
  {
    title: 'another commit, the same spec',
    metadata: { generation: 2, annotations: from('b') },
    status: { observedGeneration: 2, lastAppliedRevision: 'a' },
    want: false,
  },
  {
    title: 'the commit is known',
    metadata: { generation: 2, annotations: from('a') },
    status: { observedGeneration: 2, lastAppliedRevision: 'a' },
    want: true,
  },
  {
    title: 'the commit was tried in vain',
    metadata: { generation: 2, annotations: from('b') },
    status: { observedGeneration: 2, lastAppliedRevision: 'a', lastAttemptedRevision: 'b' },
    want: true,
  },
  {
    title: 'another commit than the one that was tried in vain',
    metadata: { generation: 2, annotations: from('c') },
    status: { observedGeneration: 2, lastAppliedRevision: 'a', lastAttemptedRevision: 'b' },
    want: false,
  },
  {
    title: 'it no longer comes from Git',
    metadata: { generation: 2 },
    status: { observedGeneration: 2, lastAppliedRevision: 'a' },
    want: false,
  },
  {
    title: 'a failure is to be tried again',
    metadata: { generation: 2, annotations: failed('{}') },
    status: { observedGeneration: 2 },
    want: false,
  },
];

for (const { title, metadata, status, want } of observed) {
  test(`isObserved: ${title}`, (t) => {
    t.is(isObserved(webapp({ metadata, status })), want);
  });
}

const untouched: [title: string, generation: number, observedGeneration: number, want: boolean][] =
  [
    ['new', 1, -1, true],
    ['changed before the first visit', 2, -1, false],
    ['visited', 1, 1, false],
  ];

for (const [title, generation, observedGeneration, want] of untouched) {
  test(`isUntouched: ${title}`, (t) => {
    t.is(isUntouched(webapp({ metadata: { generation }, status: { observedGeneration } })), want);
  });
}

const ALL = ['Deployment', 'Service', 'Ingress', 'HorizontalPodAutoscaler'];
const AUTOSCALING = { minReplicas: 1, maxReplicas: 2, cpuPercent: 80 };
type Spec = Partial<WebApp['spec']>;
interface Reads {
  readonly title: string;
  readonly kind: string;
  readonly spec?: Spec;
  readonly full?: boolean;
  readonly observedGeneration?: number;
  readonly annotations?: Record<string, string>;
  /** Of the condition Ready. */
  readonly reason?: string;
  readonly want: string[];
}

const reads: Reads[] = [
  {
    title: 'its own event, observed: what is wanted',
    kind: 'WebApp',
    want: ['Deployment', 'Service'],
  },
  {
    title: 'with host and autoscaling: all',
    kind: 'WebApp',
    spec: { host: 'a', autoscaling: AUTOSCALING },
    want: ALL,
  },
  {
    title: 'another generation: all, as some may be left over',
    kind: 'WebApp',
    observedGeneration: 1,
    want: ALL,
  },
  { title: 'never visited: all', kind: 'WebApp', observedGeneration: -1, want: ALL },
  { title: 'a full check: all', kind: 'WebApp', full: true, want: ALL },
  { title: 'a full check for a child: all', kind: 'Service', full: true, want: ALL },
  { title: 'a Deployment: itself', kind: 'Deployment', want: ['Deployment'] },
  {
    title: 'a Service: itself, and the Deployment for the status',
    kind: 'Service',
    want: ['Deployment', 'Service'],
  },
  {
    title: 'an unwanted Ingress: itself, so that it goes',
    kind: 'Ingress',
    want: ['Deployment', 'Ingress'],
  },
  { title: 'a child, another generation: all', kind: 'Service', observedGeneration: 1, want: ALL },
  {
    title: 'a child, after a failure: all, as it may have been another one that failed',
    kind: 'Deployment',
    annotations: { [ANNOTATION.retry]: '{}' },
    want: ALL,
  },
  {
    title: 'its own event, after a failure: all, as it may have been one that is to go',
    kind: 'WebApp',
    annotations: { [ANNOTATION.retry]: '{}' },
    want: ALL,
  },
  {
    title: 'a child, while one is on its way out: all, as it may be another one',
    kind: 'Deployment',
    reason: 'WaitingForDeletion',
    want: ALL,
  },
  {
    title: 'a child, while a rollout goes on: itself',
    kind: 'Deployment',
    reason: 'Progressing',
    want: ['Deployment'],
  },
  {
    title: 'a kind that is no child: the Deployment for the status',
    kind: 'Secret',
    want: ['Deployment'],
  },
];

for (const { title, kind, spec = {}, full, want, ...more } of reads) {
  test(`kindsToRead: ${title}`, (t) => {
    const { observedGeneration = 2, annotations = {}, reason = 'Any' } = more;
    const metadata = { generation: 2, annotations };
    const verdict = { ready: 'False', kind: 'progressing', reason, message: '' } as const;
    const conditions = conditionsFor(verdict, [], { generation: 2, now: NOW });
    const of = webapp({ metadata, spec, status: { observedGeneration, conditions } });
    const key = { namespace: 'default', name: 'shop' };
    const found = kindsToRead(of, { key, kind, ...(full && { full }) });
    t.deepEqual(
      found.map((one) => one.kind),
      want,
    );
  });
}

const wanted: [title: string, spec: Spec, want: string[]][] = [
  ['the least', {}, ['Deployment', 'Service']],
  ['a host', { host: 'a' }, ['Deployment', 'Service', 'Ingress']],
  [
    'autoscaling',
    { autoscaling: AUTOSCALING },
    ['Deployment', 'Service', 'HorizontalPodAutoscaler'],
  ],
];

for (const [title, spec, want] of wanted) {
  test(`wantedKinds: ${title}`, (t) => {
    t.deepEqual(
      wantedKinds(webapp({ spec })).map(({ kind }) => kind),
      want,
    );
  });
}
