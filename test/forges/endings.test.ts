// How it ended: when it is looked for, by whom, and what becomes of it where the comment comes late or never.
import test, { type ExecutionContext } from 'ava';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { onTick } from '../../functions/on-tick.ts';
import { putComment } from '../../functions/review/comment.ts';
import { followEndings, hasEndings, rememberMerge } from '../../functions/review/endings.ts';
import { reached } from '../../functions/review/sources.ts';
import { SECRET, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { revisionOf } from '../../gitops/sync/source-status.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import { NOW } from '../helpers/builders.ts';
import { FakeCluster } from '../helpers/fake-cluster.ts';
import { startGithub } from './github-server.ts';
import { GithubState, PERSON, PERSON_TOKEN } from './github-state.ts';
import { MARKER } from './stage.ts';

const MERGE = { number: 1, commit: 'b'.repeat(40) };
const VERDICT = { id: 1, body: `${MARKER}\n### ✅ Policy review`, user: PERSON };

interface Timer {
  readonly afterMs: number;
  readonly run: () => Promise<unknown>;
}

/** A source, suspended so that a tick does nothing else, and the functions with a clock and timers of the test. */
async function open(t: ExecutionContext) {
  const state = new GithubState();
  const github = await startGithub(state);
  t.teardown(() => github[Symbol.dispose]());
  const cluster = new FakeCluster();
  await makeSource(cluster, github.url);
  const time = { now: NOW };
  const timers: Timer[] = [];
  const config = readConfig({
    ...{
      FUNCTIONS: 'tick,reviews',
      WEBHOOK_SECRET: 's',
      GIT_HOSTS: '127.0.0.1',
      REQUEST_TIMEOUT: '25s',
    },
  });
  const context = {
    ...createContext(config, undefined, createLog('silent')),
    clock: { now: () => time.now, random: Math.random },
    cluster: () => cluster,
    later: (_: string, afterMs: number, run: Timer['run']) => void timers.push({ afterMs, run }),
  };
  const source = async () =>
    (await cluster.get(WEBAPP_SOURCE, { namespace: 'shop', name: 'fleet' })) as WebAppSource;
  const world = { context, cluster, signal: AbortSignal.timeout(60_000) };
  return {
    ...{ state, github, time, timers, source, world },
    tick: async () => (await onTick(context)).body,
    async applied(commit: string) {
      const revision = revisionOf('main', commit);
      const lastTransitionTime = new Date(NOW).toISOString();
      const ready = { type: 'Ready', status: 'True', reason: 'Applied', message: '' };
      const conditions = [{ ...ready, lastTransitionTime }];
      const status = { lastAttemptedRevision: revision, lastAppliedRevision: revision, conditions };
      await cluster.applyStatus(WEBAPP_SOURCE, await source(), status);
    },
  };
}

async function makeSource(cluster: FakeCluster, apiURL: string): Promise<void> {
  const { apiVersion, kind } = WEBAPP_SOURCE;
  const data = { password: Buffer.from(PERSON_TOKEN).toString('base64') };
  const secret = { name: 'bot', namespace: 'shop' };
  await cluster.create(SECRET, { apiVersion: 'v1', kind: 'Secret', metadata: secret, data });
  await cluster.create(WEBAPP_SOURCE, {
    ...{ apiVersion, kind, metadata: { name: 'fleet', namespace: 'shop' } },
    spec: {
      ...{ url: 'https://github.com/acme/fleet.git', suspend: true, secretRef: { name: 'bot' } },
      review: { forge: 'github', apiURL },
    },
  });
}

test('an ending is looked for ever later, at most every five minutes, and after some hours no more', async (t) => {
  const it = await open(t);
  await rememberMerge(await it.source(), MERGE, it.world);
  await followEndings(await it.source(), it.world);
  const waits: number[] = [];
  for (let timer = it.timers.pop(); timer; timer = it.timers.pop()) {
    waits.push(timer.afterMs / 1_000);
    await timer.run();
  }
  t.deepEqual(waits.slice(0, 10), [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  const hours = waits.reduce((sum, each) => sum + each, 0) / 3_600;
  t.true(hours > 3.5 && hours < 4.5, String(hours));
  t.true(hasEndings(await it.source()), 'the tick goes on');
});

test('tick: an ending that is due is told, and no wait begins anew', async (t) => {
  const it = await open(t);
  it.state.comments.push({ ...VERDICT });
  await rememberMerge(await it.source(), MERGE, it.world);
  for (let n = 0; n < 3; n++) t.like(await it.tick(), { failed: 0 });
  t.deepEqual(it.timers, []);
  t.true(hasEndings(await it.source()));
  await it.applied(MERGE.commit);
  await it.tick();
  t.regex(it.state.comments[0]?.body ?? '', /🚀 Applied/);
  t.false(hasEndings(await it.source()));
  t.deepEqual(it.timers, []);
});

test('a merge that is known before the comment of its review is there waits for the comment', async (t) => {
  const it = await open(t);
  await rememberMerge(await it.source(), MERGE, it.world);
  await it.applied(MERGE.commit);
  await followEndings(await it.source(), it.world);
  t.true(hasEndings(await it.source()));
  t.is(it.timers.length, 1, 'it is looked for again');
  it.state.comments.push({ ...VERDICT });
  await it.timers[0]?.run();
  t.regex(it.state.comments[0]?.body ?? '', /🚀 Applied/);
  t.false(hasEndings(await it.source()));
});

test('a merge whose review said nothing waits no longer than a review may take', async (t) => {
  const it = await open(t);
  await rememberMerge(await it.source(), MERGE, it.world);
  await it.applied(MERGE.commit);
  it.time.now += 20_000;
  await it.tick();
  t.true(hasEndings(await it.source()));
  it.time.now += 60_000;
  await it.tick();
  t.false(hasEndings(await it.source()));
  t.deepEqual(it.state.comments, []);
});

test('a review that ends after the merge has been told of leaves the ending in the comment', async (t) => {
  const it = await open(t);
  it.state.comments.push({ ...VERDICT });
  await rememberMerge(await it.source(), MERGE, it.world);
  await it.applied(MERGE.commit);
  await it.tick();
  const author = await reached(await it.source(), it.world);
  const body = `${MARKER}\n### ❌ Policy review`;
  await putComment([author], 1, { body, onlyEdit: false });
  const said = it.state.comments[0]?.body ?? '';
  t.regex(said, /🚀 Applied[\s\S]*### ❌ Policy review/);
  await putComment([author], 1, { body, onlyEdit: false });
  t.is(it.state.comments[0]?.body, said);
});

test('a comment that the forge will not have changed holds up no other ending', async (t) => {
  const it = await open(t);
  it.state.comments.push({ ...VERDICT });
  await rememberMerge(await it.source(), { ...MERGE, number: 1 }, it.world);
  await rememberMerge(await it.source(), { ...MERGE, number: 2 }, it.world);
  await it.applied(MERGE.commit);
  it.github.interfere = ({ method, parts: [path = ''] }) =>
    method === 'GET' && path.includes('/issues/1/')
      ? { status: 410, body: { message: 'This issue was deleted' } }
      : undefined;
  await it.tick();
  t.regex(it.state.comments[0]?.body ?? '', /🚀 Applied/);
  t.false(hasEndings(await it.source()));
});
