// Whatever takes an attempt's time, alone or together with something else: a part is kept for counting the failure and
// for telling it in the status, so that no attempt is repeated without a back-off.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { readRetry } from '../../gitops/backoff.ts';
import { type Kind, SERVICE, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace } from '../helpers/control-plane.ts';
import { type Call, eventAbout } from '../helpers/functions-entries.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { type HangingApi, openHangingApi, type Place } from '../helpers/hanging-api.ts';
import { forward, listen, reply } from '../helpers/listen.ts';
import { makeSource } from '../hostile/stage.ts';
import { conditionOf } from '../reconcile/stage.ts';
import { app } from '../sync/stage.ts';

const TIMEOUT_MS = 60_000;
/** By some seconds less than Git may take, and so much that with the longest request it is more than all. */
const HALF_MS = 27_000;
/** What a busy machine takes beside. */
const SLACK_MS = 4_000;

let api: HangingApi;
let git: Awaited<ReturnType<typeof startTestServer>>;

test.before(async () => {
  api = await openHangingApi(TIMEOUT_MS);
  git = await startTestServer();
});
test.after.always(async () => {
  api?.[Symbol.dispose]();
  await git?.stop();
});

/** Asks for a visit, which must end in time. */
async function visit(t: ExecutionContext, call: Call) {
  const begun = performance.now();
  const { status, body } = await api.send(call);
  const tookMs = performance.now() - begun;
  t.log(`${status} ${JSON.stringify(body)} after ${tookMs.toFixed(0)} ms`);
  t.true(tookMs < TIMEOUT_MS + SLACK_MS, `${tookMs} ms`);
  return { status, body };
}

/** Returns how many failures are counted on an object, and what its status says of the last one. */
async function toldOf(of: Kind, key: ObjectKey) {
  const live = await api.cluster.admin.cluster.get(of, key);
  const retry = live && readRetry(live.metadata, annotation(live, ANNOTATION.retry), Date.now());
  const { status, message } = (live && conditionOf(live, 'Ready')) ?? {};
  return { failures: retry?.failures, ready: status, message: message ?? '' };
}

interface Attempt {
  readonly of: Kind;
  readonly key: ObjectKey;
  readonly places: readonly Place[];
  readonly call: Call;
}

/** Makes an attempt that fails, which must be counted once and told. */
async function failOnce(t: ExecutionContext, { of, key, places, call }: Attempt, says: RegExp) {
  const { namespace = '' } = key;
  api.way.set(namespace, places);
  const { status, body } = await visit(t, call);
  t.deepEqual(api.way.left(namespace), []);
  t.deepEqual([status, body], [202, { outcome: 'retry' }]);
  const { failures, ready, message } = await toldOf(of, key);
  t.log(message);
  t.deepEqual([failures, ready], [1, 'False']);
  t.regex(message, says);
}

/**
 * A repository, and how its server answers the next requests. A late answer comes half of the time after the first of them:
 * what the requests before it took makes it no later.
 */
async function slowRepository(t: ExecutionContext) {
  const repo = await git.make({ 'a.yaml': app('a') });
  const { origin, pathname } = new URL(repo.url);
  const next: ('late' | 'soon' | 'never')[] = [];
  let begunAt: number | undefined;
  const pass = async (asked: IncomingMessage, response: ServerResponse) => {
    const how = next.shift();
    if (how === 'never') return;
    if (how) begunAt ??= performance.now();
    const answer = await forward(origin, asked);
    if (how === 'late') await sleep(HALF_MS - (performance.now() - (begunAt ?? 0)));
    reply(response, answer);
  };
  const server = await listen((asked, response) => {
    pass(asked, response).catch(() => response.destroy());
  });
  t.teardown(async () => {
    server[Symbol.dispose]();
    await repo[Symbol.asyncDispose]();
  });
  return { repo, next, url: `${server.url}${pathname}` };
}

async function sourceOf(t: ExecutionContext) {
  const { cluster } = api;
  const repository = await slowRepository(t);
  const key = { namespace: await freshNamespace(cluster), name: 'apps' };
  await makeSource(cluster, key, { url: repository.url });
  return { ...repository, key };
}

const FIRST_STATUS: Place = { method: 'PATCH', part: '/status', when: 'always' };
const UNANSWERED = /no answer to PATCH/;
/** The time for Git is over. So it is, too, when a note that is there although nobody was told of it begins the sync again. */
const GIT_ENDED = /reading from .* was ended/;
const SYNCS: Readonly<Record<string, { places: readonly Place[]; says: RegExp }>> = {
  'the write of a WebApp': {
    places: [{ method: 'PATCH', part: '/webapps/', when: 'before' }],
    says: UNANSWERED,
  },
  'the note of what is about to be applied': {
    places: [{ method: 'PATCH', part: '/status', when: 'before' }],
    says: UNANSWERED,
  },
  'the answer to that note': {
    places: [{ method: 'PATCH', part: '/status', when: 'after' }],
    says: GIT_ENDED,
  },
  'the status at the end': {
    places: [FIRST_STATUS, { method: 'PATCH', part: '/status', when: 'before' }],
    says: UNANSWERED,
  },
};

for (const [what, { places, says }] of Object.entries(SYNCS)) {
  test(`a sync: the Git server takes half of the time, and then hangs ${what}`, async (t) => {
    const { key, next } = await sourceOf(t);
    next.push('soon', 'late');
    const call = eventAbout(WEBAPP_SOURCE.kind, key);
    await failOnce(t, { of: WEBAPP_SOURCE, key, places, call }, says);
    t.deepEqual(next, []);
  });
}

test('a look at a branch takes half of the time, and then hangs the fetch', async (t) => {
  const { key, next, repo } = await sourceOf(t);
  const about = eventAbout(WEBAPP_SOURCE.kind, key);
  t.is((await api.send(about)).status, 200);
  await repo.clone.push({ 'b.yaml': app('b') });
  next.push('soon', 'late', 'never');
  const headers = { ...about.headers, 'ce-type': 'com.example.webapps.due', 'ce-check': 'moved' };
  const call = { ...about, headers };
  await failOnce(t, { of: WEBAPP_SOURCE, key, places: [], call }, GIT_ENDED);
});

/** Returns a WebApp that was visited once, and then changed. */
async function changedWebApp(): Promise<ObjectKey> {
  const { admin } = api.cluster;
  const key = { namespace: await freshNamespace(api.cluster), name: 'shop' };
  await admin.cluster.create(WEBAPP, webapp(key.namespace, key.name));
  await api.send(eventAbout(WEBAPP.kind, key));
  const live = await admin.cluster.get(WEBAPP, key);
  if (live) await admin.cluster.patch(WEBAPP, live, { type: 'merge', fields: IMAGE });
  return key;
}

const IMAGE = { spec: { image: 'nginx:1.28' } };
const LATE_READ: Place = { method: 'GET', part: '/deployments/', when: HALF_MS };
const VISITS: Readonly<Record<string, Place>> = {
  'a write': { method: 'PATCH', part: '/deployments/', when: 'before' },
  'the status at the end': { method: 'PATCH', part: '/status', when: 'before' },
};

for (const [what, place] of Object.entries(VISITS)) {
  test(`a visit: a read takes half of the time, and then hangs ${what}`, async (t) => {
    const key = await changedWebApp();
    const call = eventAbout(WEBAPP.kind, key);
    const places = [LATE_READ, place];
    await failOnce(t, { of: WEBAPP, key, places, call }, UNANSWERED);
  });
}

test('a visit: a failure that waits for a person is counted where its status hangs', async (t) => {
  const { cluster } = api;
  const key = { namespace: await freshNamespace(cluster), name: 'shop' };
  const { apiVersion, kind } = SERVICE;
  const spec = { ports: [{ port: 80 }] };
  await cluster.admin.cluster.create(SERVICE, { apiVersion, kind, metadata: key, spec });
  await cluster.admin.cluster.create(WEBAPP, webapp(key.namespace, key.name));
  const places: Place[] = [{ method: 'PATCH', part: '/status', when: 'before' }];
  const call = eventAbout(WEBAPP.kind, key);
  await failOnce(t, { of: WEBAPP, key, places, call }, UNANSWERED);
  await sleep(2_100);
  t.deepEqual(await visit(t, call), { status: 200, body: { outcome: 'stalled' } });
});

test('what hangs at the work and at the count ends in time all the same', async (t) => {
  const key = await changedWebApp();
  const places: Place[] = [
    { method: 'PATCH', part: '/deployments/', when: 'before' },
    { method: 'PATCH', part: '/webapps/', when: 'before' },
  ];
  api.way.set(key.namespace ?? '', places);
  t.is((await visit(t, eventAbout(WEBAPP.kind, key))).status, 503);
  t.deepEqual(api.way.left(key.namespace ?? ''), []);
  t.is((await toldOf(WEBAPP, key)).failures, undefined);
});
