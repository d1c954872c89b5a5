// Webhooks of other people deny with any code and any words. None of it is a race, and none of it is for good: they look at
// all the cluster, and their answer changes with it.
import test from 'ava';
import { DEPLOYMENT, EVENT, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { type Bench, realBench } from '../cluster/bench.ts';
import { testCluster } from '../helpers/control-plane.ts';
import { type Denial, denyingWebhook } from '../helpers/denying-webhook.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { conditionOf, stage } from '../reconcile/stage.ts';
import * as syncs from '../sync/stage.ts';

let bench: Bench;
let git: Awaited<ReturnType<typeof startTestServer>>;
test.before(async () => {
  bench = await realBench();
  git = await startTestServer();
});
test.after.always(() => git.stop());

const TAKEN = 'the host is taken by another namespace';
const DENIALS: readonly Denial[] = [
  ...[400, 403, 404, 409, 422].map((code) => ({ code, message: TAKEN })),
  { message: TAKEN },
  // What a condition could not hold as its reason.
  { code: 403, reason: TAKEN },
];
/** Longer than any back-off. */
const LATER_MS = 600_000;

const retriesOf = (object: KubeObject | undefined) =>
  JSON.parse((object && annotation(object, ANNOTATION.retry)) || '{}') as { failures?: number };

test('a webhook that denies a child is asked once an attempt, told, and tried again until it allows', async (t) => {
  const it = await stage(bench);
  const { namespace } = it.key;
  await using webhook = await denyingWebhook(DEPLOYMENT, await testCluster(), namespace);
  for (const [index, denial] of DENIALS.entries()) {
    const title = JSON.stringify(denial);
    webhook.answer(denial);
    t.is((await it.visit()).kind, 'retry', title);
    t.is(webhook.asked(), 1, title);
    const webapp = await it.webapp();
    t.is(retriesOf(webapp).failures, index + 1, title);
    const { message = '', ...ready } = conditionOf(webapp, 'Ready') ?? {};
    t.like(ready, { status: 'False', reason: 'DeniedByWebhook' }, title);
    t.regex(message, /^admission webhook "deployments.example.com" denied the request: the host/);
    t.is(conditionOf(webapp, 'Reconciling')?.status, 'True', title);
    t.is(conditionOf(webapp, 'Stalled'), undefined, title);
    t.is((await it.visit()).kind, 'quiet', 'not before it is time');
    it.pass(LATER_MS);
  }
  const { items } = await bench.admin.list(EVENT, { namespace });
  t.true(
    items.some(({ reason, message }) => /ReconcileFailed.*taken/.test(`${reason} ${message}`)),
  );
  t.truthy(await it.read(SERVICE), 'what is not denied is made');
  webhook.answer(undefined);
  t.is((await it.visit()).kind, 'settled');
  t.truthy(await it.read(DEPLOYMENT));
});

test('a webhook that denies a WebApp of a commit is told with its file, and tried again until it allows', async (t) => {
  const it = await syncs.stage({ bench, git }, { 'a.yaml': syncs.app('a') });
  await using webhook = await denyingWebhook(WEBAPP, await testCluster(), it.key.namespace);
  for (const [index, denial] of DENIALS.entries()) {
    const title = JSON.stringify(denial);
    webhook.answer(denial);
    t.is((await it.sync('changed')).kind, 'retry', title);
    t.is(webhook.asked(), 1, title);
    const source = await it.source();
    t.is(syncs.ready(source), 'False DeniedByWebhook', title);
    t.deepEqual(syncs.findings(source), ['a.yaml:1:1 error'], title);
    t.is(retriesOf(source).failures, index + 1, title);
    it.pass(LATER_MS / 5);
  }
  webhook.answer(undefined);
  t.is((await it.sync('changed')).kind, 'synced');
  t.deepEqual(await it.images(), { a: 'a:1' });
  t.deepEqual(syncs.findings(await it.source()), []);
});

test('a webhook that denies a delete keeps the WebApp listed until it allows', async (t) => {
  const it = await syncs.stage(
    { bench, git },
    { 'a.yaml': syncs.app('a'), 'b.yaml': syncs.app('b') },
  );
  await it.sync();
  await using webhook = await denyingWebhook(WEBAPP, await testCluster(), it.key.namespace);
  await it.repo.clone.push({ 'b.yaml': null });
  for (const code of [404, 409]) {
    webhook.answer({ code, message: TAKEN });
    t.is((await it.sync('changed')).kind, 'retry', `${code}`);
    t.is(webhook.asked(), 1, `${code}`);
    t.is(syncs.ready(await it.source()), 'False PruneRefused', `${code}`);
    t.deepEqual(Object.keys(await it.images()), ['a', 'b'], `${code}`);
    it.pass(LATER_MS);
  }
  webhook.answer(undefined);
  t.is((await it.sync('changed')).kind, 'synced');
  t.deepEqual(Object.keys(await it.images()), ['a']);
});
