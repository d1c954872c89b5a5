// An API server that hangs at one request, before or after it has done what was asked: the visit costs its budget,
// nothing is written afterwards, and the next attempt makes it good.
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { readRetry } from '../../gitops/backoff.ts';
import { type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import { ANNOTATION, annotation, type WebAppSource } from '../../gitops/webapp.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace } from '../helpers/control-plane.ts';
import { eventAbout } from '../helpers/functions-entries.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { type HangingApi, openHangingApi, type Place } from '../helpers/hanging-api.ts';
import { makeSource } from '../hostile/stage.ts';
import { app } from '../sync/stage.ts';

/** After a first failure: a second, and one of jitter. */
const LONGEST_BACKOFF_MS = 2_100;
const BUDGET_MS = 10_000;
/** What a busy machine takes beside the budget. */
const SLACK_MS = 4_000;

let api: HangingApi;

test.before(async () => {
  api = await openHangingApi(BUDGET_MS);
});
test.after.always(() => api?.[Symbol.dispose]());

const PLACES: readonly Place[] = [
  { method: 'GET', part: '/webapps/', when: 'before' },
  { method: 'PATCH', part: '/deployments/', when: 'before' },
  { method: 'PATCH', part: '/deployments/', when: 'after' },
  { method: 'PATCH', part: '/services/', when: 'after' },
  { method: 'PATCH', part: '/status', when: 'before' },
  { method: 'PATCH', part: '/status', when: 'after' },
];

const SOURCE_PLACES: readonly Place[] = [
  { method: 'GET', part: '/webappsources/', when: 'before' },
  { method: 'PATCH', part: '/webapps/', when: 'before' },
  { method: 'PATCH', part: '/webapps/', when: 'after' },
  { method: 'PATCH', part: '/status', when: 'before' },
  { method: 'PATCH', part: '/status', when: 'after' },
];

/** Has an object visited while one request of that hangs, and once more: what is asked of both is the same for all. */
async function visitTwice(
  t: ExecutionContext,
  { of, key, place }: { of: Kind; key: ObjectKey; place: Place },
): Promise<void> {
  const { namespace = '' } = key;
  const { cluster, way, send } = api;
  way.set(namespace, [place]);
  const begun = performance.now();
  const { status, body } = await send(eventAbout(of.kind, key));
  const tookMs = performance.now() - begun;
  t.log(`${status} ${JSON.stringify(body)} after ${tookMs.toFixed(0)} ms`);
  t.deepEqual(way.left(namespace), []);
  t.true(tookMs < BUDGET_MS + SLACK_MS, `${tookMs} ms`);
  const written = way.written(namespace).length;
  await sleep(LONGEST_BACKOFF_MS);
  t.is(way.written(namespace).length, written);
  const live = await cluster.admin.cluster.get(of, key);
  const text = live && annotation(live, ANNOTATION.retry);
  const failures = live && readRetry(live.metadata, text ?? '', Date.now())?.failures;
  t.true(failures === undefined || failures === 1, `${failures}`);
  t.true((await send(eventAbout(of.kind, key))).status < 300);
}

for (const place of PLACES) {
  const { method, part, when } = place;
  test(`hang: ${method} ${part} ${when} it is done: the budget, nothing after it, and the next attempt`, async (t) => {
    const { cluster, way } = api;
    const namespace = await freshNamespace(cluster);
    const key = { namespace, name: 'shop' };
    await cluster.admin.cluster.create(WEBAPP, webapp(namespace, key.name));
    await visitTwice(t, { of: WEBAPP, key, place });
    const made = way
      .written(namespace)
      .filter(({ what, status }) => what.startsWith('PATCH') && status === 201);
    t.deepEqual(made.map(({ what }) => what.split('/').at(-2)).sort(), ['deployments', 'services']);
  });
}

for (const place of SOURCE_PLACES) {
  const { method, part, when } = place;
  test(`hang in a sync: ${method} ${part} ${when} it is done: the budget, nothing after it, and the next attempt`, async (t) => {
    const { cluster, way } = api;
    const git = await startTestServer();
    t.teardown(() => git.stop());
    await using repo = await git.make({ 'a.yaml': app('a') });
    const key = { namespace: await freshNamespace(cluster), name: 'apps' };
    await makeSource(cluster, key, { url: repo.url });
    await visitTwice(t, { of: WEBAPP_SOURCE, key, place });
    t.truthy(await cluster.admin.cluster.get(WEBAPP, { ...key, name: 'a' }));
    const source = (await cluster.admin.cluster.get(WEBAPP_SOURCE, key)) as WebAppSource;
    t.is(source.status.lastAppliedRevision, `main@sha1:${repo.first}`);
    const made = way
      .written(key.namespace)
      .filter(({ what, status }) => what.includes('/webapps/') && status === 201);
    t.is(made.length, 1);
  });
}
