import test from 'ava';
import { PermanentError, RetryableError } from '../../gitops/errors.ts';
import {
  type Synced,
  statusOfSourceFailure,
  statusOfSourceSuspension,
  statusOfSync,
} from '../../gitops/sync/source-status.ts';
import type { WebAppSourceStatus } from '../../gitops/webapp.gen.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import type { Problem } from '../../policies/problem.ts';
import { NOW, webappSource } from '../helpers/builders.ts';

const HASH = '0123456789abcdef0123456789abcdef01234567';
const NEW = `main@sha1:${HASH}`;
const OLD = 'main@sha1:old';
const problem = (path: string, line = 1): Problem => ({ path, line, column: 2, message: 'no' });
const warning: Problem = { ...problem('w.yaml'), severity: 'warning' };
const entries = [
  { name: 'b', path: '2.yaml' },
  { name: 'a', path: '1.yaml' },
];
const later = new RetryableError('ServiceUnavailable', 'try later');
const never = new PermanentError('AuthenticationFailed', 'wrong password');
const synced: Synced = { revision: NEW, inventory: entries, problems: [], postponed: 0 };

const source = webappSource({
  metadata: { generation: 4, annotations: { 'webapps.example.com/requestedAt': 'push-1' } },
  status: {
    observedGeneration: 4,
    lastAppliedRevision: OLD,
    inventory: [{ name: 'a', path: '1.yaml' }],
  },
});

type Make = (source: WebAppSource, now: number) => WebAppSourceStatus;
const sync =
  (part: Partial<Synced>): Make =>
  (of, now) =>
    statusOfSync(of, { ...synced, ...part }, now);
interface Row {
  readonly title: string;
  readonly make: Make;
  readonly applied?: string;
  readonly attempted?: string | undefined;
  readonly conditions: string[];
}

const OK = 'ReconciliationSucceeded';
const rows: Row[] = [
  {
    title: 'all applied',
    make: sync({}),
    applied: NEW,
    conditions: [`Ready=True ${OK}: applied ${NEW}: 2 WebApps`],
  },
  {
    title: 'one applied',
    make: sync({ inventory: entries.slice(1) }),
    applied: NEW,
    conditions: [`Ready=True ${OK}: applied ${NEW}: 1 WebApp`],
  },
  {
    title: 'an empty repository',
    make: sync({ inventory: [] }),
    applied: NEW,
    conditions: [`Ready=True ${OK}: applied ${NEW}: 0 WebApps`],
  },
  {
    title: 'a warning holds up nothing',
    make: sync({ problems: [warning] }),
    applied: NEW,
    conditions: [`Ready=True ${OK}: applied ${NEW}: 2 WebApps`],
  },
  {
    title: 'a bad file',
    make: sync({ problems: [problem('a.yaml')] }),
    conditions: [
      'Ready=False InvalidManifests: 1 problem: a.yaml:1:2: no',
      'Stalled=True InvalidManifests: 1 problem: a.yaml:1:2: no',
    ],
  },
  {
    title: 'bad files: the first is told',
    make: sync({
      problems: [problem('b.yaml'), warning, problem('a.yaml', 9), problem('a.yaml', 3)],
    }),
    conditions: [
      'Ready=False InvalidManifests: 3 problems, the first: a.yaml:3:2: no',
      'Stalled=True InvalidManifests: 3 problems, the first: a.yaml:3:2: no',
    ],
  },
  {
    title: 'a failure that may pass',
    make: sync({ failure: later, problems: [problem('a.yaml')] }),
    conditions: [
      'Ready=False ServiceUnavailable: try later',
      'Reconciling=True ServiceUnavailable: try later',
    ],
  },
  {
    title: 'no repository for now',
    make: (of, now) => statusOfSourceFailure(of, later, now),
    attempted: undefined,
    conditions: [
      'Ready=False ServiceUnavailable: try later',
      'Reconciling=True ServiceUnavailable: try later',
    ],
  },
  {
    title: 'no repository for good',
    make: (of, now) => statusOfSourceFailure(of, never, now),
    attempted: undefined,
    conditions: [
      'Ready=False AuthenticationFailed: wrong password',
      'Stalled=True AuthenticationFailed: wrong password',
    ],
  },
  {
    title: 'suspended',
    make: statusOfSourceSuspension,
    attempted: undefined,
    conditions: ['Ready=Unknown Suspended: suspended: the repository is not followed'],
  },
];

for (const { title, make, applied = OLD, conditions, ...rest } of rows) {
  const status = make(source, NOW);
  const attempted = 'attempted' in rest ? rest.attempted : NEW;

  test(`source status, ${title}: conditions and revisions`, (t) => {
    t.deepEqual(
      status.conditions?.map((one) => `${one.type}=${one.status} ${one.reason}: ${one.message}`),
      conditions,
    );
    t.is(status.lastAppliedRevision, applied);
    t.is(status.lastAttemptedRevision, attempted);
    t.is(status.observedGeneration, 4);
    t.is(status.lastHandledReconcileAt, 'push-1');
  });

  test(`source status, ${title}: says the same as long as it is the same`, (t) => {
    t.deepEqual(make({ ...source, status }, NOW + 3_600_000), status);
  });

  test(`source status, ${title}: a request that was withdrawn is forgotten`, (t) => {
    const before = webappSource({
      status: { observedGeneration: 1, lastHandledReconcileAt: 'push-1' },
    });
    t.is(make(before, NOW).lastHandledReconcileAt, undefined);
  });
}

test('source status: the inventory is sorted, and left out where it is empty', (t) => {
  t.deepEqual(statusOfSync(source, synced, NOW).inventory, [...entries].reverse());
  t.false('inventory' in statusOfSync(source, { ...synced, inventory: [] }, NOW));
});

test('source status: what is known is kept while there is no repository', (t) => {
  const { inventory } = source.status;
  t.deepEqual(statusOfSourceFailure(source, later, NOW).inventory, inventory);
  t.deepEqual(statusOfSourceSuspension(source, NOW).inventory, inventory);
});

test('source status: the first fifty problems are listed, and all are counted', (t) => {
  const problems = Array.from({ length: 120 }, (_, i) => problem('a.yaml', 120 - i));
  const status = statusOfSync(source, { ...synced, problems }, NOW);
  t.is(status.problems?.length, 50);
  t.deepEqual(
    status.problems?.map(({ line }) => line),
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
  t.true(status.conditions?.[0]?.message.startsWith('120 problems'));
});

test('source status: warnings are listed, and problems that were mended are gone', (t) => {
  t.deepEqual(statusOfSync(source, { ...synced, problems: [warning] }, NOW).problems, [
    { ...warning, severity: 'warning' },
  ]);
  const before = { ...source, status: { ...source.status, problems: [problem('a.yaml')] } };
  t.false('problems' in statusOfSync(before, synced, NOW));
});

test('source status: nothing was ever applied', (t) => {
  const status = statusOfSync(webappSource(), { ...synced, problems: [problem('a.yaml')] }, NOW);
  t.false('lastAppliedRevision' in status);
});

const LEFT = `2 WebApps of ${NEW} are applied, 5 are still to come`;
const unfinished: { title: string; part: Partial<Synced>; conditions: string[] }[] = [
  {
    title: 'all good so far',
    part: {},
    conditions: [`Ready=False Progressing: ${LEFT}`, `Reconciling=True Progressing: ${LEFT}`],
  },
  {
    title: 'a bad file: the work goes on first',
    part: { problems: [problem('a.yaml')] },
    conditions: [`Ready=False Progressing: ${LEFT}`, `Reconciling=True Progressing: ${LEFT}`],
  },
  {
    title: 'a failure: it is told',
    part: { failure: later },
    conditions: [
      'Ready=False ServiceUnavailable: try later',
      'Reconciling=True ServiceUnavailable: try later',
    ],
  },
];

for (const { title, part, conditions } of unfinished) {
  for (const handled of [undefined, 'push-0']) {
    test(`source status, WebApps left over, ${title}: nothing is answered (${handled} before)`, (t) => {
      const known = handled === undefined ? {} : { lastHandledReconcileAt: handled };
      const before = { ...source, status: { ...source.status, ...known } };
      const status = statusOfSync(before, { ...synced, ...part, postponed: 5 }, NOW);
      t.deepEqual(
        status.conditions?.map((one) => `${one.type}=${one.status} ${one.reason}: ${one.message}`),
        conditions,
      );
      t.is(status.observedGeneration, -1);
      t.is(status.lastAppliedRevision, OLD);
      t.is(status.lastAttemptedRevision, NEW);
      t.deepEqual(status.inventory, [...entries].reverse());
      t.deepEqual(status.problems, part.problems);
      const again = statusOfSync(
        { ...before, status },
        { ...synced, ...part, postponed: 5 },
        NOW + 3_600_000,
      );
      t.deepEqual(again, status);
      t.is(status.lastHandledReconcileAt, handled);
    });
  }
}

test('source status: when the last WebApp is written all is answered', (t) => {
  const between = statusOfSync(source, { ...synced, postponed: 1 }, NOW);
  const status = statusOfSync({ ...source, status: between }, synced, NOW);
  t.like(status, { observedGeneration: 4, lastHandledReconcileAt: 'push-1' });
  t.is(status.lastAppliedRevision, NEW);
});
