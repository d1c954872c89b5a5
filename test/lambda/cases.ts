// What is asked of the functions, however they are deployed.
import type { ExecutionContext } from 'ava';
import { structuredDue } from '../../functions/event-sink.ts';
import { DEPLOYMENT, SERVICE, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { WebApp, WebAppSource } from '../../gitops/webapp.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { freePort } from '../../infra/free-port.ts';
import { eventually } from '../cluster/eventually.ts';
import { webapp } from '../cluster/objects.ts';
import { answers, forms } from '../functions/entry-cases.ts';
import { eventAbout, TOKEN } from '../helpers/functions-entries.ts';
import { pushes } from '../helpers/functions-pushes.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { conditionOf } from '../reconcile/stage.ts';
import type { Deployed } from './deployed.ts';
import { SENDER, type World } from './world.ts';

/** A case: it calls the functions through the entry and looks at the cluster. */
export type Case = (of: Scene) => Promise<void>;

interface Scene {
  readonly t: ExecutionContext;
  readonly entry: Deployed;
  readonly world: World;
}

const MANIFEST = `${JSON.stringify({ ...webapp(undefined, 'shop'), metadata: { name: 'shop' } })}\n`;

const stories: Record<string, Case> = {
  'says that it is alive and ready': async ({ t, entry: { send } }) => {
    t.like(await send({ method: 'GET', path: '/healthz' }), { status: 200, body: { alive: true } });
    t.like(await send({ method: 'GET', path: '/readyz' }), { status: 200, body: { ready: true } });
  },

  'an event with a wrong token does nothing': async ({ t, world, entry: { send } }) => {
    const key = await world.makeWebApp();
    const call = eventAbout('WebApp', key);
    const headers = { ...call.headers, authorization: 'Bearer wrong' };
    t.is((await send({ ...call, headers })).status, 401);
    t.false(await world.isThere(DEPLOYMENT, key));
    t.is((await send(call)).status, 200);
    t.true(await world.isThere(DEPLOYMENT, key));
  },

  "an event with its sender's own token is taken, for our audience only": async ({
    t,
    world,
    entry: { send },
  }) => {
    const key = await world.makeWebApp();
    const call = eventAbout('WebApp', key);
    const shown = async (audience: string) => {
      const authorization = `Bearer ${await world.senderToken(audience)}`;
      return send({ ...call, headers: { ...call.headers, authorization } });
    };
    t.is((await shown('another')).status, 401);
    t.false(await world.isThere(DEPLOYMENT, key));
    t.is((await shown(SENDER.EVENT_AUDIENCE)).status, 200);
    t.true(await world.isThere(DEPLOYMENT, key));
  },

  'an event of an edit changes the child, and one of a deletion is quiet': async ({
    t,
    world,
    entry: { send },
  }) => {
    const key = await world.makeWebApp();
    await send(eventAbout('WebApp', key));
    const { cluster } = world;
    const edited = webapp(key.namespace, 'shop', { spec: { replicas: 3 } });
    await cluster.apply(WEBAPP, edited, { manager: 'kubectl', live: 'any' });
    t.is((await send(eventAbout('WebApp', key))).status, 200);
    t.like(await world.read(DEPLOYMENT, key), { spec: { replicas: 3 } });
    await cluster.delete(WEBAPP, (await world.read(WEBAPP, key)) as WebApp);
    t.like(await send(eventAbout('WebApp', key)), { status: 200, body: { outcome: 'gone' } });
  },

  'a child that somebody deleted comes back': async ({ t, world, entry: { send } }) => {
    const key = await world.makeWebApp();
    await send(eventAbout('WebApp', key));
    const live = await world.read(SERVICE, key);
    if (live) await world.cluster.delete(SERVICE, live);
    t.is((await send(eventAbout('Service', key))).status, 200);
    t.true(await world.isThere(SERVICE, key));
  },

  'a signed push stamps the source, an unsigned one does not': async ({
    t,
    world,
    entry: { send },
  }) => {
    const url = `https://git.example/${crypto.randomUUID()}/apps.git`;
    const key = await world.makeSource({ url });
    const stamp = async () =>
      annotation((await world.read(WEBAPP_SOURCE, key)) as WebAppSource, ANNOTATION.requestedAt);
    const forged = pushes.github(url, 'main', { secret: 'another' });
    t.is((await send(forged)).status, 401);
    t.is(await stamp(), '');
    t.is((await send(pushes.github(url, 'main', { delivery: 'd-1' }))).status, 202);
    t.is(await stamp(), 'd-1');
  },

  'a pull request without a signature is refused': async ({ t, entry: { send } }) => {
    const body = JSON.stringify({ action: 'opened', number: 1, pull_request: {} });
    const headers = { 'content-type': 'application/json', 'x-github-event': 'pull_request' };
    for (const path of ['/webhooks/github', '/webhooks/github/shop'])
      t.is((await send({ path, headers, body })).status, 401, path);
  },

  'a forge that nobody knows has no path': async ({ t, entry: { send } }) => {
    t.is((await send({ path: '/webhooks/nobody', body: '{}' })).status, 404);
  },

  'a repository is fetched, and its WebApp made': async ({ t, world, entry: { send } }) => {
    const { make, stop } = await startTestServer();
    t.teardown(stop);
    const repository = await make({ 'apps/shop.yaml': MANIFEST });
    t.teardown(() => repository[Symbol.asyncDispose]());
    const key = await world.makeSource({ url: repository.url, path: 'apps' });
    t.is((await send(eventAbout('WebAppSource', key))).status, 200);
    t.true(await world.isThere(WEBAPP, { ...key, name: 'shop' }));
  },

  'a sync that failed is made again by itself, after its back-off': async ({
    t,
    world,
    entry: { send },
  }) => {
    const port = await freePort();
    const key = await world.makeSource({ url: `http://127.0.0.1:${port}/r0.git`, path: 'apps' });
    t.is((await send(eventAbout('WebAppSource', key))).status, 202);
    const { make, stop } = await startTestServer({ port });
    t.teardown(stop);
    const repository = await make({ 'apps/shop.yaml': MANIFEST });
    t.teardown(() => repository[Symbol.asyncDispose]());
    await eventually('the WebApp of a repository that was away', () =>
      world.isThere(WEBAPP, { ...key, name: 'shop' }),
    );
  },

  'a visit that is due is made': async ({ t, world, entry: { visit } }) => {
    const key = await world.makeWebApp();
    t.is(await visit(structuredDue({ of: WEBAPP, key }, 'https://cluster')), 'done');
    t.true(await world.isThere(DEPLOYMENT, key));
  },

  'what is no event is brought again, and does nothing': async ({ t, entry: { visit } }) => {
    t.is(await visit('{"specversion":'), 'again');
  },

  "the schedule's tick has made what no event told of": async ({ t, world, entry }) => {
    const key = await world.makeWebApp();
    const told = await entry.tick();
    t.like(told, { failed: 0 });
    t.true(Number(told.webapps) >= 1);
    await eventually('the children', () => world.isThere(DEPLOYMENT, key));
    await eventually('ticks alone make it Ready', async () => {
      await entry.tick();
      const live = await world.read(WEBAPP, key);
      return live && conditionOf(live, 'Ready')?.status === 'True';
    });
  },

  'a tick over HTTP does the same': async ({ t, world, entry: { send } }) => {
    const key = await world.makeWebApp();
    const headers = { authorization: `Bearer ${TOKEN}` };
    t.is((await send({ path: '/tick', headers })).status, 200);
    await eventually('the children', () => world.isThere(DEPLOYMENT, key));
  },
};

const made: [string, Case][] = Object.entries(forms).map(([title, form]) => [
  `an event (${title}) makes the children`,
  async ({ t, world, entry }) => {
    const key = await world.makeWebApp();
    const answer = await entry.send(form(key));
    t.deepEqual([answer.status, answer.body], [200, { outcome: 'settled' }]);
    t.true(await world.isThere(DEPLOYMENT, key));
    t.true(await world.isThere(SERVICE, key));
  },
]);

const answered: [string, Case][] = Object.entries(answers).map(
  ([title, { call, status, says = /./ }]) => [
    `${title} is answered with ${status}`,
    async ({ t, entry }) => {
      const answer = await entry.send(call);
      t.is(answer.status, status);
      t.regex(JSON.stringify(answer.body), says);
    },
  ],
);

/** All cases, by title. */
export const CASES: readonly (readonly [string, Case])[] = [
  ...made,
  ...answered,
  ...Object.entries(stories),
];
