// The lines of a visit, as somebody who searches the log finds them.
import test from 'ava';
import { onTick } from '../../functions/on-tick.ts';
import { ApiError } from '../../gitops/api-error.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { RetryableError } from '../../gitops/errors.ts';
import { DEPLOYMENT, WEBAPP } from '../../gitops/kinds.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import { webapp } from '../cluster/objects.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { app, makeSource } from '../sync/stage.ts';
import { HOP, type Line, shop, stage, TRACE } from './stage.ts';

/** What is the same in all lines of one visit. */
const IDS = [
  'webapp.namespace',
  'webapp.name',
  'webapp.generation',
  'webapp.resourceVersion',
  'reconcileId',
  'trace_id',
  'span_id',
];

test('log: a reconcile has a line at its start and one at its end, with the same ids', async (t) => {
  const it = await shop();
  await it.tell('WebApp', 'shop', { traceparent: HOP });
  const [start, end, ...more] = it.lines();
  t.deepEqual(more, []);
  t.like(start, {
    level: 'info',
    msg: 'Starting reconciliation',
    'webapp.namespace': it.namespace,
    'webapp.name': 'shop',
    'webapp.generation': 1,
    trace_id: TRACE,
    'replicas.desired': 2,
    'replicas.ready': 0,
    phase: '',
  });
  t.like(end, {
    level: 'info',
    msg: 'Reconciliation completed',
    changes: { 'Deployment/shop': 'created', 'Service/shop': 'created' },
  });
  t.is(typeof end?.durationMs, 'number');
  for (const id of IDS) {
    t.not(start?.[id], undefined, id);
    t.is(start?.[id], end?.[id], id);
  }
  for (const { time } of [start, end] as Line[])
    t.regex(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('log: the line at the end names each child that was looked at, and paths of fields, no values', async (t) => {
  const it = await shop();
  await it.tell('WebApp', 'shop');
  await it.bench.rolledOut({ namespace: it.namespace, name: 'shop' });
  await it.bench.edit(
    WEBAPP,
    { namespace: it.namespace, name: 'shop' },
    {
      spec: { env: [{ name: 'PASSWORD', value: 'canary-3b81' }] },
    },
  );
  await it.tell('WebApp', 'shop');
  const [start, end] = it.lines().slice(2);
  t.like(start, { 'webapp.generation': 2 });
  t.deepEqual(end?.changes, { 'Deployment/shop': 'configured', 'Service/shop': 'unchanged' });
  t.deepEqual(end?.fields, {
    'Deployment/shop': ['name', 'value'].map(
      (field) => `spec.template.spec.containers[web].env[PASSWORD].${field}`,
    ),
  });
  t.false(it.raw.join('').includes('canary'));
});

test('log: no line has a key twice', async (t) => {
  const it = await shop((cluster) => conflictOnce(cluster));
  await it.tell('WebApp', 'shop');
  t.true(it.raw.length > 2);
  for (const line of it.raw) {
    const keys = [...line.matchAll(/[{,]"([^"]+)":/g)].map(([, key]) => key);
    t.deepEqual(keys, [...new Set(keys)], line);
  }
});

/** Somebody else writes the WebApp while its children are made. */
function conflictOnce(cluster: Cluster): Cluster {
  let isFirst = true;
  return withMethods(cluster, {
    applyStatus: (...args) => {
      if (!isFirst) return cluster.applyStatus(...args);
      isFirst = false;
      throw new ApiError('PATCH', 409, { reason: 'Conflict', message: 'the object was modified' });
    },
  });
}

const failures: Record<string, [error: Error, level: string, msg: string]> = {
  'is tried again': [
    new RetryableError('Down', 'the API server is away'),
    'warn',
    'Retryable error; will try again',
  ],
  'waits for a change': [
    new ApiError('PATCH', 422, { reason: 'Invalid', message: 'no such thing' }),
    'error',
    'Permanent error; waits for a change',
  ],
};

for (const [title, [error, level, msg]] of Object.entries(failures))
  test(`log: a reconcile that fails and ${title} says so at its end, and so does each layer`, async (t) => {
    const it = await shop((cluster) =>
      withMethods(cluster, {
        apply: async () => Promise.reject(error),
        create: async () => Promise.reject(new Error('no events here')),
      }),
    );
    await it.tell('WebApp', 'shop');
    const lines = it.lines();
    t.deepEqual(
      lines.map((line) => line.msg),
      ['Starting reconciliation', 'Event could not be written', msg],
    );
    t.like(lines.at(-1), { level });
    t.is(typeof lines.at(-1)?.durationMs, 'number');
    for (const line of lines) for (const id of IDS) t.is(line[id], lines[0]?.[id], id);
  });

test('log: what could not be recorded is said once, by the visit', async (t) => {
  const it = await shop((cluster) =>
    withMethods(cluster, { get: async () => Promise.reject(new RetryableError('Down', 'away')) }),
  );
  const { status } = await it.tell('WebApp', 'shop');
  t.is(status, 503);
  t.like(it.lines(), [
    {
      level: 'error',
      msg: 'Could not be recorded; the caller has to try again',
      'webapp.name': 'shop',
    },
  ]);
  t.is(it.lines().length, 1);
});

test('log: an event about nothing new has no line', async (t) => {
  const it = await shop();
  await it.tell('WebApp', 'shop');
  const before = it.raw.length;
  await it.tell('WebApp', 'shop');
  t.is(it.raw.length, before);
});

test('log: a sync has its source, its revision and its ids on every line', async (t) => {
  const git = await startTestServer();
  t.teardown(git.stop);
  const repo = await git.make({ 'a.yaml': app('a'), 'bad.yaml': 'kind: [' });
  const it = await stage();
  await makeSource(it.bench, { namespace: it.namespace, name: 'apps' }, { url: repo.url });
  await it.tell('WebAppSource', 'apps', { traceparent: HOP });
  const lines = it.lines();
  t.deepEqual(
    lines.map(({ msg }) => msg),
    ['Starting sync', 'Fetched repository', 'Problem in repository', 'Sync completed'],
  );
  const ids = { 'source.namespace': it.namespace, 'source.name': 'apps', trace_id: TRACE };
  for (const line of lines) {
    t.like(line, { ...ids, 'source.generation': 1 });
    t.is(line.syncId, lines[0]?.syncId);
  }
  const revision = `main@sha1:${repo.first}`;
  t.like(lines.at(-1), { revision, applied: ['a'], pruned: [], problems: 1, postponed: 0 });
  t.is(lines.at(-2)?.revision, revision);
  t.is(typeof lines.at(-1)?.durationMs, 'number');

  // What it wrote tells of the commit, too.
  await it.tell('WebApp', 'a');
  t.like(it.lines().at(-1), { 'webapp.name': 'a', revision });
});

test('log: a tick has a line with what it did, and its visits have ids of their own', async (t) => {
  const it = await shop();
  t.is((await onTick(it.context, { traceparent: HOP })).status, 200);
  const lines = it.lines();
  t.like(lines.at(-1), { msg: 'Tick completed', sources: 0, webapps: 1, failed: 0 });
  t.is(typeof lines.at(-1)?.durationMs, 'number');
  for (const line of lines) t.is(line.trace_id, TRACE);
  t.is(lines.at(-1)?.['webapp.name'], undefined);
});

test('log: annotations of strangers never come into a line as they are', async (t) => {
  const it = await stage();
  const long = 'x'.repeat(10_000);
  const annotations = {
    [ANNOTATION.traceparent]: `00-${TRACE}-00f067aa0ba902b7-01\n{"level":"fatal"}${long}`,
    [ANNOTATION.revision]: `main@sha1:${'a'.repeat(40)}\n{"level":"fatal"}${long}`,
  };
  await it.bench.admin.create(WEBAPP, webapp(it.namespace, 'shop', { metadata: { annotations } }));
  const answer = await it.tell('WebApp', 'shop', {
    traceparent: `${HOP}\n${long}`,
    'ce-traceparent': long,
    tracestate: `a=${long}`,
  });
  t.is(answer.status, 200);
  t.truthy(await it.bench.admin.get(DEPLOYMENT, { namespace: it.namespace, name: 'shop' }));
  t.is(it.lines().length, 2);
  for (const line of it.raw) t.true(line.length < 1_000, line);
  for (const { revision, trace_id } of it.lines()) {
    t.is(revision, undefined);
    t.regex(String(trace_id), /^[0-9a-f]{32}$/);
    t.not(trace_id, TRACE);
  }
});
