import test from 'ava';
import { PermanentError, RetryableError } from '../../gitops/errors.ts';
import {
  commitOf,
  revisionOf,
  type Synced,
  statusOfSourceFailure,
  statusOfSourceSuspension,
  statusOfSync,
} from '../../gitops/source-status.ts';
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
const synced: Synced = { revision: NEW, inventory: entries, problems: [] };

const source = webappSource({
  metadata: { generation: 4, annotations: { 'webapps.example.com/requestedAt': 'push-1' } },
  status: {
    observedGeneration: 3,
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

const commits: [
  title: string,
  branch: string,
  revision: string | undefined,
  want: string | undefined,
][] = [
  ['of the branch', 'main', NEW, HASH],
  ['of a branch with signs', 'feature/a@b', `feature/a@b@sha1:${HASH}`, HASH],
  ['of another branch', 'release', NEW, undefined],
  ['of a branch of which this is the end', 'ain', NEW, undefined],
  ['none', 'main', undefined, undefined],
  ['empty', 'main', '', undefined],
  ['shortened', 'main', 'main@sha1:0123456', undefined],
  ['in capitals', 'main', NEW.toUpperCase(), undefined],
  ['with more behind it', 'main', `${NEW}\n`, undefined],
  ['an option of git', 'main', 'main@sha1:--upload-pack=x', undefined],
];

for (const [title, branch, revision, want] of commits) {
  test(`commitOf: a revision ${title}`, (t) => {
    t.is(commitOf(branch, revision), want);
  });
}

test('commitOf undoes revisionOf', (t) => {
  t.is(revisionOf('main', HASH), NEW);
  t.is(commitOf('x/y', revisionOf('x/y', HASH)), HASH);
});
