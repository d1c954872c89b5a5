// What a Deployment's status says, mostly in the words of `kubectl rollout status`.
import test from 'ava';
import { healthOf } from '../../gitops/reconcile/health.ts';

const NO_TIME = { lastTransitionTime: '2026-01-01T00:00:00Z', message: 'as the controller says' };
const DEADLINE = {
  type: 'Progressing',
  status: 'False',
  reason: 'ProgressDeadlineExceeded',
  ...NO_TIME,
};
const QUOTA = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', ...NO_TIME };
const all = (n: number) => ({
  replicas: n,
  updatedReplicas: n,
  readyReplicas: n,
  availableReplicas: n,
});

interface Row {
  readonly title: string;
  readonly replicas?: number | undefined;
  readonly generation?: number;
  readonly status?: object;
  readonly want: string;
}

const rows: Row[] = [
  {
    title: 'all pods ready',
    status: all(3),
    want: 'True settled ReconciliationSucceeded: 3 of 3 pods are ready',
  },
  {
    title: 'one pod where nobody says how many',
    replicas: undefined,
    status: all(1),
    want: 'True settled ReconciliationSucceeded: 1 of 1 pods are ready',
  },
  {
    title: 'scaled to none',
    replicas: 0,
    status: {},
    want: 'True settled ReconciliationSucceeded: scaled to 0 pods',
  },
  {
    title: 'scaled to none, pods still there',
    replicas: 0,
    status: { replicas: 2 },
    want: 'False progressing Progressing: 2 old pods are still to go',
  },
  {
    title: 'scaled down, pods of the same version still there',
    replicas: 1,
    status: all(3),
    want: 'False progressing Progressing: 3 pods are there, 1 wanted',
  },
  {
    title: 'no status yet',
    status: { observedGeneration: undefined },
    want: 'False progressing Progressing: the Deployment controller has not seen the change yet',
  },
  {
    title: 'a status of an earlier generation says nothing',
    generation: 3,
    status: all(3),
    want: 'False progressing Progressing: the Deployment controller has not seen the change yet',
  },
  {
    title: 'nor does its failure',
    generation: 3,
    status: { conditions: [DEADLINE] },
    want: 'False progressing Progressing: the Deployment controller has not seen the change yet',
  },
  {
    title: 'no pod yet',
    status: {},
    want: 'False progressing Progressing: 0 of 3 pods are ready',
  },
  {
    title: 'a first generation that nobody has seen has no pods',
    generation: 1,
    status: { observedGeneration: undefined },
    want: 'False progressing Progressing: 0 of 3 pods are ready',
  },
  {
    title: 'of a first generation the pods count, seen or not',
    generation: 1,
    status: { ...all(1), observedGeneration: undefined },
    want: 'False progressing Progressing: 1 of 3 pods are ready',
  },
  {
    title: 'some old pods, enough new ones that are not ready',
    status: { replicas: 5, updatedReplicas: 3, availableReplicas: 2 },
    want: 'False progressing Progressing: 2 old pods are still to go',
  },
  {
    title: 'more pods wanted, all of the new version',
    status: all(2),
    want: 'False progressing Progressing: 2 of 3 pods are ready',
  },
  {
    title: 'only old pods',
    status: { replicas: 3, readyReplicas: 3, availableReplicas: 3 },
    want: 'False progressing Progressing: 0 of 3 pods run the new version',
  },
  {
    title: 'a rollout half way',
    status: { ...all(3), updatedReplicas: 1 },
    want: 'False progressing Progressing: 1 of 3 pods run the new version',
  },
  {
    title: 'old pods still to go',
    status: { ...all(3), replicas: 4 },
    want: 'False progressing Progressing: 1 old pods are still to go',
  },
  {
    title: 'pods not available yet',
    status: { ...all(3), availableReplicas: 2 },
    want: 'False progressing Progressing: 2 of 3 pods are ready',
  },
  {
    title: 'the deadline passed',
    status: { ...all(3), availableReplicas: 2, conditions: [DEADLINE] },
    want: 'False stalled ProgressDeadlineExceeded: as the controller says',
  },
  {
    title: 'pods refused',
    status: { conditions: [QUOTA] },
    want: 'False progressing ReplicaFailure: as the controller says',
  },
  {
    title: 'pods refused once',
    status: { ...all(3), conditions: [{ ...QUOTA, status: 'False' }] },
    want: 'True settled ReconciliationSucceeded: 3 of 3 pods are ready',
  },
  {
    title: 'the deadline counts before the refusal',
    status: { conditions: [QUOTA, DEADLINE] },
    want: 'False stalled ProgressDeadlineExceeded: as the controller says',
  },
];

for (const { title, generation = 2, status, want, ...rest } of rows) {
  test(`health: ${title}`, (t) => {
    const replicas = 'replicas' in rest ? rest.replicas : 3;
    const { ready, kind, reason, message } = healthOf({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop', generation },
      spec: replicas === undefined ? {} : { replicas },
      status: { observedGeneration: 2, ...status },
    });
    t.is(`${ready} ${kind} ${reason}: ${message}`, want);
  });
}

test('health: pods are counted, none where nothing is said', (t) => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop' },
    spec: {},
  };
  t.like(healthOf({ ...deployment, status: { replicas: 4, readyReplicas: 2 } }), {
    replicas: 4,
    readyReplicas: 2,
  });
  t.like(healthOf(deployment), { replicas: 0, readyReplicas: 0 });
});
