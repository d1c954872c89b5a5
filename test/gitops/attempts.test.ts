// Counting failures on the object: what is written, and how long the next attempt waits.
import test from 'ava';
import { ApiError } from '../../gitops/api-error.ts';
import { clearFailures, countFailure } from '../../gitops/attempts.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { PermanentError, RetryableError } from '../../gitops/errors.ts';
import { WEBAPP } from '../../gitops/kinds.ts';
import { NOW, webapp } from '../helpers/builders.ts';

const RETRY = 'webapps.example.com/retry';
const clock = { now: () => NOW, random: () => 0.5 };
const counted = (failures: number, generation = 1) =>
  JSON.stringify({ uid: 'uid-of-shop', generation, failures, nextAttemptAt: new Date(NOW) });
const passing = new Error('no connection');
const asking = (retryAfterMs: number) => new RetryableError('TooMany', 'later', { retryAfterMs });

/** A cluster that takes note of patches. */
function notebook() {
  const written: unknown[] = [];
  const patch: Cluster['patch'] = async (_of, live, { fields }) => {
    written.push(fields);
    return live;
  };
  return { written, cluster: { patch } as Cluster };
}

interface Row {
  readonly title: string;
  readonly before: string;
  readonly error: unknown;
  readonly failures: number;
  readonly afterMs: number;
}

const rows: Row[] = [
  { title: 'the first', before: '', error: passing, failures: 1, afterMs: 1_500 },
  { title: 'the fourth', before: counted(3), error: passing, failures: 4, afterMs: 8_500 },
  {
    title: 'of another generation: the first',
    before: counted(9, 0),
    error: passing,
    failures: 1,
    afterMs: 1_500,
  },
  {
    title: 'after a corrupt count: the first',
    before: '{"failures":1e309',
    error: passing,
    failures: 1,
    afterMs: 1_500,
  },
  {
    title: 'after a forged count: the longest wait',
    before: counted(1e15),
    error: passing,
    failures: 1_001,
    afterMs: 300_500,
  },
  {
    title: 'asked to wait longer',
    before: '',
    error: asking(30_000),
    failures: 1,
    afterMs: 30_000,
  },
  {
    title: 'asked to wait less',
    before: counted(5),
    error: asking(3_000),
    failures: 6,
    afterMs: 32_500,
  },
  { title: 'of what is no error', before: '', error: undefined, failures: 1, afterMs: 1_500 },
];

for (const { title, before, error, failures, afterMs } of rows) {
  test(`countFailure: ${title}`, async (t) => {
    const { written, cluster } = notebook();
    const object = webapp({ metadata: { annotations: { [RETRY]: before } } });
    const found = await countFailure(WEBAPP, object, { error, cluster, clock });
    t.is(found.afterMs, afterMs);
    const nextAttemptAt = new Date(NOW + afterMs);
    const value = JSON.stringify({ uid: 'uid-of-shop', generation: 1, failures, nextAttemptAt });
    t.deepEqual(written, [{ metadata: { annotations: { [RETRY]: value } } }]);
  });
}

const CLEARED = { metadata: { annotations: { [RETRY]: null } } };
const clears: { title: string; before: Record<string, string>; want: object[] }[] = [
  { title: 'a count', before: { [RETRY]: counted(3) }, want: [CLEARED] },
  { title: 'a corrupt count', before: { [RETRY]: 'NaN' }, want: [CLEARED] },
  { title: 'none: nothing is written', before: { other: 'x' }, want: [] },
];

for (const { title, before, want } of clears) {
  const object = webapp({ metadata: { annotations: before } });

  test(`clearFailures: ${title}`, async (t) => {
    const { written, cluster } = notebook();
    await clearFailures(WEBAPP, object, cluster);
    t.deepEqual(written, want);
  });

  test(`countFailure: for good clears ${title}`, async (t) => {
    const { written, cluster } = notebook();
    const error = new PermanentError('Rejected', 'no');
    const found = await countFailure(WEBAPP, object, { error, cluster, clock });
    t.deepEqual(written, want);
    t.is(found.afterMs, undefined);
  });
}

const keptOut = (message: string): Cluster => {
  const patch = () => Promise.reject(new ApiError('PATCH /shop', 422, { message }));
  return { patch } as unknown as Cluster;
};

const denials = [
  "webapps.example.com \"shop\" is forbidden: ValidatingAdmissionPolicy 'a' with binding 'a' denied request: no",
  'admission webhook "a.example.com" denied the request: no',
  'Internal error occurred: failed calling webhook "a.example.com": failed to call webhook: timeout',
];

for (const message of denials) {
  test(`countFailure: a count that is kept out is no failure of its own: ${message}`, async (t) => {
    const object = webapp({ metadata: { annotations: { [RETRY]: counted(3) } } });
    const cluster = keptOut(message);
    const found = await countFailure(WEBAPP, object, { error: passing, cluster, clock });
    t.deepEqual(found, { object, afterMs: 60_000 });
    t.is(await clearFailures(WEBAPP, object, cluster), object);
  });
}

test('countFailure: a count that fails otherwise does', async (t) => {
  const cluster = keptOut('etcd is away');
  const counting = countFailure(WEBAPP, webapp(), { error: passing, cluster, clock });
  await t.throwsAsync(counting, { message: /etcd is away/ });
});
