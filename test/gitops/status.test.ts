import test from 'ava';
import equal from 'fast-deep-equal';
import { rfc3339 } from '../../gitops/conditions.ts';
import { PermanentError, RetryableError } from '../../gitops/errors.ts';
import { DEPLOYMENT, SERVICE } from '../../gitops/kinds.ts';
import type { Health } from '../../gitops/reconcile/health.ts';
import {
  statusOfFailure,
  statusOfHealth,
  statusOfSuspension,
  statusOfWaiting,
  timeToReady,
} from '../../gitops/reconcile/status.ts';
import type { WebAppStatus } from '../../gitops/webapp.gen.ts';
import { ANNOTATION, type WebApp } from '../../gitops/webapp.ts';
import { NOW, webapp } from '../helpers/builders.ts';

const healthy: Health = {
  ready: 'True',
  kind: 'settled',
  reason: 'ReconciliationSucceeded',
  message: '3 of 3 pods are ready',
  replicas: 3,
  readyReplicas: 3,
};
const rolling: Health = {
  ready: 'False',
  kind: 'progressing',
  reason: 'Progressing',
  message: '1 of 3',
  replicas: 3,
  readyReplicas: 1,
};
const stuck: Health = { ...rolling, kind: 'stalled', reason: 'ProgressDeadlineExceeded' };
const permanent = new PermanentError('NameConflict', 'the name is taken');
const retryable = new RetryableError('ServiceUnavailable', 'try later');
const REVISION = 'main@sha1:0123456789012345678901234567890123456789';
const PODS = { replicas: 3, readyReplicas: 2, lastAppliedRevision: 'main@sha1:old' };

type Make = (webapp: WebApp, now: number) => WebAppStatus;
interface Row {
  readonly title: string;
  readonly make: Make;
  readonly phase: string;
  readonly conditions: string[];
  readonly kept?: object;
}

const rows: Row[] = [
  {
    title: 'healthy',
    make: (w, now) => statusOfHealth(w, healthy, now),
    phase: 'Ready',
    conditions: ['Ready=True ReconciliationSucceeded'],
  },
  {
    title: 'rolling out',
    make: (w, now) => statusOfHealth(w, rolling, now),
    phase: 'Progressing',
    conditions: ['Ready=False Progressing', 'Reconciling=True Progressing'],
  },
  {
    title: 'stuck',
    make: (w, now) => statusOfHealth(w, stuck, now),
    phase: 'Failed',
    conditions: ['Ready=False ProgressDeadlineExceeded', 'Stalled=True ProgressDeadlineExceeded'],
  },
  {
    title: 'suspended',
    make: statusOfSuspension,
    phase: 'Suspended',
    conditions: ['Ready=Unknown Suspended'],
    kept: PODS,
  },
  {
    title: 'a child on its way out',
    make: (w, now) => statusOfWaiting(w, { health: healthy, leaving: [DEPLOYMENT, SERVICE] }, now),
    phase: 'Progressing',
    conditions: ['Ready=False WaitingForDeletion', 'Reconciling=True WaitingForDeletion'],
    kept: {
      replicas: 3,
      readyReplicas: 3,
      lastAppliedRevision: PODS.lastAppliedRevision,
      lastAttemptedRevision: REVISION,
    },
  },
  {
    title: 'failed for good',
    make: (w, now) => statusOfFailure(w, permanent, now),
    phase: 'Failed',
    conditions: ['Ready=False NameConflict', 'Stalled=True NameConflict'],
    kept: PODS,
  },
  {
    title: 'failed, to be tried again',
    make: (w, now) => statusOfFailure(w, retryable, now),
    phase: 'Retrying',
    conditions: ['Ready=False ServiceUnavailable', 'Reconciling=True ServiceUnavailable'],
    kept: PODS,
  },
  {
    title: 'failed without a reason',
    make: (w, now) => statusOfFailure(w, new Error('what?'), now),
    phase: 'Retrying',
    conditions: ['Ready=False ReconciliationFailed', 'Reconciling=True ReconciliationFailed'],
    kept: PODS,
  },
  {
    title: 'thrown what is no error',
    make: (w, now) => statusOfFailure(w, 'what?', now),
    phase: 'Retrying',
    conditions: ['Ready=False ReconciliationFailed', 'Reconciling=True ReconciliationFailed'],
    kept: PODS,
  },
];

const annotations = {
  'webapps.example.com/requestedAt': 'push-1',
  'webapps.example.com/revision': REVISION,
};

for (const { title, make, phase, conditions, kept } of rows) {
  const before = webapp({
    metadata: { generation: 4, annotations },
    status: { observedGeneration: 3, ...PODS },
  });
  const status = make(before, NOW);

  test(`status, ${title}: phase and conditions`, (t) => {
    t.is(status.phase, phase);
    t.deepEqual(
      status.conditions?.map((one) => `${one.type}=${one.status} ${one.reason}`),
      conditions,
    );
  });

  test(`status, ${title}: answers the generation and the request, and names the pods`, (t) => {
    t.is(status.observedGeneration, 4);
    t.is(status.lastHandledReconcileAt, 'push-1');
    t.is(status.selector, 'app.kubernetes.io/instance=shop,app.kubernetes.io/name=shop');
    for (const one of status.conditions ?? []) t.is(one.observedGeneration, 4);
    if (kept) t.like(status, kept);
    else t.is(status.lastAppliedRevision, REVISION);
  });

  test(`status, ${title}: says the same as long as it is the same`, (t) => {
    const later = make({ ...before, status }, NOW + 3_600_000);
    t.deepEqual(later, status);
    t.true(equal(later, status));
  });

  test(`status, ${title}: another time changes no message`, (t) => {
    const messages = (made: WebAppStatus) => made.conditions?.map(({ message }) => message);
    t.deepEqual(messages(make(before, 0)), messages(status));
  });
}

test('status: what was not asked for and did not come from Git is left out', (t) => {
  const status = statusOfHealth(webapp(), healthy, NOW);
  t.false('lastHandledReconcileAt' in status);
  t.false('lastAppliedRevision' in status);
});

test('status: the first Ready is kept, and is news once', (t) => {
  const metadata = { ...webapp().metadata, creationTimestamp: rfc3339(NOW - 9_000) };
  const young = { ...webapp(), metadata };
  t.is(timeToReady(young, statusOfHealth(young, rolling, NOW)), undefined);
  const first = statusOfHealth(young, healthy, NOW);
  t.is(first.firstReadyAt, rfc3339(NOW));
  t.is(timeToReady(young, first), 9_000);
  let before = first;
  for (const health of [rolling, healthy]) {
    const later = { ...young, status: before };
    before = statusOfHealth(later, health, NOW + 60_000);
    t.is(before.firstReadyAt, rfc3339(NOW));
    t.is(timeToReady(later, before), undefined);
  }
  const failed = statusOfFailure({ ...young, status: before }, retryable, NOW);
  t.is(failed.firstReadyAt, rfc3339(NOW));
});

test('status: a WebApp that was Ready before that was written is no news', (t) => {
  const { firstReadyAt: _unwritten, ...status } = statusOfHealth(webapp(), healthy, NOW);
  const before = webapp({ status });
  const after = statusOfHealth(before, healthy, NOW + 60_000);
  t.is(after.firstReadyAt, rfc3339(NOW));
  t.is(timeToReady(before, after), undefined);
});

test('status: a WebApp that left Git says so', (t) => {
  const before = webapp({ status: { observedGeneration: 1, lastAppliedRevision: REVISION } });
  t.false('lastAppliedRevision' in statusOfHealth(before, healthy, NOW));
});

test('status: a commit that is not what runs is named as the one that was tried', (t) => {
  const [error, status] = [new PermanentError('Rejected', 'no'), { observedGeneration: 1 }];
  const of = (revision: string | undefined, lastAppliedRevision?: string) => {
    const annotations = revision && { annotations: { [ANNOTATION.revision]: revision } };
    const known = { ...status, ...(lastAppliedRevision && { lastAppliedRevision }) };
    const before = webapp({ metadata: { ...annotations }, status: known });
    return statusOfFailure(before, error, NOW).lastAttemptedRevision;
  };
  t.is(of('b'), 'b');
  t.is(of('b', 'a'), 'b');
  t.is(of('a', 'a'), undefined);
  t.is(of(undefined, 'a'), '', 'it left Git');
  t.is(of(undefined), undefined);
});

test('status: what was tried in vain is forgotten once it succeeds', (t) => {
  const status = { observedGeneration: 1, lastAttemptedRevision: 'b' };
  t.false('lastAttemptedRevision' in statusOfHealth(webapp({ status }), healthy, NOW));
});

// Else the request would count as unanswered for ever: every visit would be a full one, without back-off.
for (const { title, make } of rows) {
  test(`status, ${title}: a request that was withdrawn is forgotten`, (t) => {
    const before = webapp({ status: { observedGeneration: 1, lastHandledReconcileAt: 'push-1' } });
    t.is(make(before, NOW).lastHandledReconcileAt, undefined);
  });
}
