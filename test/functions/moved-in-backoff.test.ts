// A branch that moves while its source waits for the next attempt: a lost webhook must not make the fix wait, too.

import test, { type ExecutionContext } from 'ava';
import { attemptTime } from '../../functions/attempt-time.ts';
import { readConfig } from '../../functions/config.ts';
import { type Context, createContext, type Task } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { syncIfMoved } from '../../functions/look-at-branch.ts';
import { onSourceEvent } from '../../functions/on-source-event.ts';
import { onTick } from '../../functions/on-tick.ts';
import type { Due } from '../../functions/visit-due.ts';
import { RetryableError } from '../../gitops/errors.ts';
import { WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { NOW } from '../helpers/builders.ts';
import { FakeCluster } from '../helpers/fake-cluster.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { manifest } from '../hostile/manifest.ts';

const KEY = { namespace: 'shop', name: 'apps' };
const GOOD = { 'apps/a.yaml': manifest('a'), 'elsewhere.yaml': '0' };
/** Without the folder that is followed, which may come with the next commit. */
const BAD = { 'apps/a.yaml': null };
const OTHER_BAD = { 'elsewhere.yaml': 'x' };

// Signals that end after a time keep no process alive.
const alive = setInterval(() => {}, 1_000);
test.after.always(() => clearInterval(alive));

/** A source that is synced, and functions by a clock of their own that keep what they would do later. */
async function open(t: ExecutionContext, interval = '10s') {
  const fake = new FakeCluster();
  const git = await startTestServer();
  t.teardown(() => git.stop());
  const repo = await git.make(GOOD);
  t.teardown(() => repo[Symbol.asyncDispose]());
  const spec = { url: repo.url, branch: 'main', path: 'apps', prune: true, interval };
  const { apiVersion, kind } = WEBAPP_SOURCE;
  await fake.create(WEBAPP_SOURCE, { apiVersion, kind, metadata: KEY, spec });
  const environment = {
    FUNCTIONS: 'sources,tick',
    GIT_HOSTS: '127.0.0.1',
    DRIFT_INTERVAL: '8760h',
  };
  const real = createContext(readConfig(environment), undefined, createLog('silent'));
  const world = { now: NOW, isGitAway: false, looks: 0, handedOut: [] as Due[] };
  const tasks: Task[] = [];
  const context: Context = {
    ...real,
    clock: { now: () => world.now, random: () => 0.5 },
    cluster: () => fake,
    later: (task) => void tasks.push(task),
    repositories: {
      ...real.repositories,
      head: (request) => {
        world.looks++;
        return real.repositories.head(request);
      },
      fetch: async (request) => {
        if (world.isGitAway) throw new RetryableError('GitUnreachable', 'no connection');
        return real.repositories.fetch(request);
      },
    },
  };
  const sink: Context['sink'] = async (due) => {
    if (due.of === WEBAPP_SOURCE) world.handedOut.push(due);
    return { kind: 'done' };
  };
  const look = () => syncIfMoved(KEY, context, attemptTime(30_000));
  const retry = async () => {
    const live = await fake.get(WEBAPP_SOURCE, KEY);
    const text = live ? annotation(live, ANNOTATION.retry) : '';
    const { failures, revision } = JSON.parse(text || '{}');
    return [failures, revision?.replace('main@sha1:', '')];
  };
  await onSourceEvent({ key: KEY }, context, attemptTime(30_000));
  const webapp = () => fake.get(WEBAPP, { ...KEY, name: 'a' });
  t.truthy(await webapp());
  const tick = () => onTick(context);
  const tickIntoSink = () => onTick({ ...context, sink });
  return { ...{ fake, repo, world, tasks, retry, webapp }, tick, tickIntoSink, look };
}

test('a fix that no webhook told of does not wait for the next attempt', async (t) => {
  const { repo, world, retry, tick, fake } = await open(t);
  const first = await repo.clone.push(BAD);
  await tick();
  t.deepEqual(await retry(), [1, first]);
  world.now += 1_500;
  await tick();
  t.deepEqual(await retry(), [2, first]);

  const { looks } = world;
  const before = await fake.get(WEBAPP_SOURCE, KEY);
  await tick();
  t.is(world.looks, looks + 1, 'it is its turn to be looked at');
  t.deepEqual(await fake.get(WEBAPP_SOURCE, KEY), before, 'the same commit waits');

  const second = await repo.clone.push(OTHER_BAD);
  await tick();
  t.deepEqual(await retry(), [1, second]);
  const fix = await repo.clone.push(GOOD);
  await tick();
  t.deepEqual(await retry(), [undefined, undefined]);
  t.like(await fake.get(WEBAPP_SOURCE, KEY), {
    status: { lastAppliedRevision: `main@sha1:${fix}` },
  });
});

test('the branch is looked at when it is its turn, and not at each tick', async (t) => {
  const { repo, world, retry, tick, look } = await open(t, '8760h');
  const first = await repo.clone.push(BAD);
  await look();
  await repo.clone.push(GOOD);
  const { looks } = world;
  await tick();
  t.is(world.looks, looks);
  t.deepEqual(await retry(), [1, first]);
});

test('a Git server that failed is not asked before the next attempt', async (t) => {
  const { repo, world, retry, tick, tickIntoSink, webapp } = await open(t);
  const first = await repo.clone.push(BAD);
  await tick();
  world.now += 1_500;
  world.isGitAway = true;
  await tick();
  t.deepEqual(await retry(), [2, first]);
  world.isGitAway = false;
  await repo.clone.push(GOOD);
  const { looks } = world;
  await tick();
  await tickIntoSink();
  t.is(world.looks, looks);
  t.deepEqual(world.handedOut, []);
  t.deepEqual(await retry(), [2, first]);
  world.now += 2_500;
  await tick();
  t.deepEqual(await retry(), [undefined, undefined]);
  t.truthy(await webapp());
});

test('where there is a sink, whoever takes the event looks', async (t) => {
  const { repo, world, retry, tick, tickIntoSink, look } = await open(t);
  await repo.clone.push(BAD);
  await tick();
  await repo.clone.push(GOOD);
  const { looks } = world;
  await tickIntoSink();
  t.is(world.looks, looks);
  t.deepEqual(world.handedOut, [{ of: WEBAPP_SOURCE, key: KEY, check: 'moved' }]);
  t.like(await look(), { kind: 'synced' });
  t.deepEqual(await retry(), [undefined, undefined]);
});

test('of many that see the branch move at once, one attempt is counted', async (t) => {
  const { repo, retry, look } = await open(t);
  await repo.clone.push(BAD);
  await look();
  const second = await repo.clone.push(OTHER_BAD);
  await Promise.all([look(), look(), look()]);
  t.deepEqual(await retry(), [1, second]);
});

test('an attempt that is made again keeps to the back-off of what was tried since', async (t) => {
  const { repo, tasks, retry, look } = await open(t);
  for (const commit of [BAD, OTHER_BAD]) {
    await repo.clone.push(commit);
    await look();
  }
  const third = await repo.clone.push({ 'elsewhere.yaml': 'y' });
  await look();
  await tasks[1]?.run();
  t.deepEqual(await retry(), [1, third]);
});
