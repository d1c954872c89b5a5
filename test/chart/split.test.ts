// Each function alone, under its own rights: all that they do together works, and nobody is ever refused a request.
import test from 'ava';
import { DEPLOYMENT, SECRET, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { eventually } from '../cluster/eventually.ts';
import { startGithub } from '../forges/github-server.ts';
import { GithubState, PERSON_TOKEN } from '../forges/github-state.ts';
import { POLICY, propose, webapp } from '../forges/stage.ts';
import { requestsOf } from '../helpers/audit.ts';
import { TOKEN } from '../helpers/functions-entries.ts';
import { pushes } from '../helpers/functions-pushes.ts';
import { cloneRepository, type GitClone, startTestServer } from '../helpers/git-repo.ts';
import { NAMESPACE } from './chart.ts';
import { openSplit, pullRequest, type SplitStage } from './split-stage.ts';

const TENANT = 'shop';
const TICK = { path: '/tick', headers: { authorization: `Bearer ${TOKEN}` } };
const FILES = { 'apps/shop.yaml': webapp('shop', 2), 'policies/few.yaml': POLICY };

let stage: SplitStage;
let github: Awaited<ReturnType<typeof startGithub>>;
let server: Awaited<ReturnType<typeof startTestServer>>;
let clone: GitClone;
let url: string;
const state = new GithubState();

test.before(async (t) => {
  t.timeout(600_000);
  stage = await openSplit();
  server = await startTestServer();
  github = await startGithub(state);
  url = await server.server.createRepository('acme/fleet', FILES);
  clone = await cloneRepository(url);
  await stage.admin.ensureNamespace(TENANT);
  const data = { password: Buffer.from(PERSON_TOKEN).toString('base64') };
  const metadata = { name: 'bot', namespace: TENANT };
  await stage.admin.cluster.create(SECRET, { apiVersion: 'v1', kind: 'Secret', metadata, data });
  const bind = ['create', 'rolebinding', 'reviews', '--clusterrole=webapp-source-secrets'];
  await stage.plane.kubectl([
    '-n',
    TENANT,
    ...bind,
    `--serviceaccount=${NAMESPACE}:webapp-reviews`,
  ]);
});
test.after.always(async () => {
  await stage?.[Symbol.asyncDispose]();
  github?.[Symbol.dispose]();
  await clone?.[Symbol.asyncDispose]();
  await server?.stop();
});

const get = (of: typeof WEBAPP, name: string) =>
  stage.admin.cluster.get(of, { namespace: TENANT, name });
const isReady = (object: KubeObject | undefined) => {
  const { conditions = [] } = (object?.status ?? {}) as {
    conditions?: { type: string; status: string }[];
  };
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
};
const push = async (files: Record<string, string | null>) => {
  await clone.git('checkout', '--quiet', 'main');
  await clone.push(files);
  return stage.entries.pushes.send(pushes.github(url, 'main'));
};

test.serial('a source is followed, its policies published, its WebApp run', async (t) => {
  const { apiVersion, kind } = WEBAPP_SOURCE;
  await stage.admin.cluster.create(WEBAPP_SOURCE, {
    ...{ apiVersion, kind, metadata: { name: 'fleet', namespace: TENANT } },
    spec: {
      ...{ url, path: 'apps', policies: { path: 'policies' }, deletionPolicy: 'Delete' },
      review: { forge: 'github', apiURL: github.url, secretRef: { name: 'bot' } },
    },
  });
  await eventually('it is Ready', async () => isReady(await get(WEBAPP, 'shop')));
  t.true(isReady(await get(WEBAPP_SOURCE, 'fleet')));
});

test.serial('a push is heard, its WebApp made, and one that goes is pruned', async (t) => {
  t.is(
    (
      await push({
        'apps/cart.yaml': webapp('cart', 1).replace('spec:', 'spec:\n  deletionPolicy: Orphan'),
      })
    ).status,
    202,
  );
  await eventually('the new one is Ready', async () => isReady(await get(WEBAPP, 'cart')));
  await push({ 'apps/cart.yaml': null });
  await eventually('it is gone', async () => (await get(WEBAPP, 'cart')) === undefined);
  t.truthy(await get(DEPLOYMENT, 'cart'));
});

test.serial('what stands in the way is told as an event', async (t) => {
  await stage.plane.kubectl(['-n', TENANT, 'create', 'deployment', 'taken', '--image=nginx']);
  await push({ 'apps/taken.yaml': webapp('taken', 1) });
  const events = ['-n', TENANT, 'get', 'events', '-o', 'jsonpath={.items[*].reason}'];
  await eventually('an event', async () =>
    /ReconcileFailed/.test(await stage.plane.kubectl(events)),
  );
  await push({ 'apps/taken.yaml': null });
  await eventually('it is gone', async () => (await get(WEBAPP, 'taken')) === undefined);
  t.truthy(await get(DEPLOYMENT, 'taken'));
});

test.serial(
  'a pull request is reviewed, and one that nobody told of is found by the tick of the reviews',
  async (t) => {
    state.pulls.push(
      await propose(clone, {
        number: 1,
        files: { 'apps/shop.yaml': webapp('shop', 12) },
        forge: 'github',
      }),
    );
    const answer = await stage.entries.reviews.send(pullRequest(url, 1));
    t.deepEqual([answer.status, answer.body], [200, { conclusion: 'denied' }]);
    t.regex(state.comments[0]?.body ?? '', /1 denied/);
    t.like((await stage.entries.reviews.send(TICK)).body, { webapps: 0, failed: 0 });
  },
);

test.serial('functions that are asked for what they do not serve do nothing', async (t) => {
  const pull = await stage.entries.pushes.send(pullRequest(url, 1));
  t.deepEqual([pull.status, Object.keys(pull.body)], [202, ['ignored']]);
  const pushed = await stage.entries.reviews.send(pushes.github(url, 'main'));
  t.deepEqual([pushed.status, Object.keys(pushed.body)], [202, ['ignored']]);
  for (const name of ['pushes', 'tick', 'reviews'] as const)
    t.is((await stage.entries[name].send({ ...TICK, path: '/events', body: '{}' })).status, 404);
});

test.serial(
  'a change whose event is lost is found by the tick, which only hands out',
  async (t) => {
    stage.broker.isDeaf = true;
    const live = (await get(WEBAPP, 'shop')) as KubeObject;
    await stage.admin.cluster.patch(WEBAPP, live, {
      type: 'merge',
      fields: { spec: { replicas: 3 } },
    });
    const replicas = async () =>
      ((await get(DEPLOYMENT, 'shop'))?.spec as { replicas: number } | undefined)?.replicas;
    await eventually('its event is lost', () => stage.broker.lost.includes('WebApp shop'));
    t.is(await replicas(), 2);
    stage.broker.isDeaf = false;
    t.like((await stage.entries.tick.send(TICK)).body, { webapps: 1, failed: 0 });
    await eventually('it has three', async () => (await replicas()) === 3);
  },
);

test.serial('nobody was refused, and each asked only for its own', async (t) => {
  const { auditLog = '' } = stage.plane.cluster;
  for (const account of ['webapps', 'sources', 'pushes', 'reviews', 'tick', 'events']) {
    const requests = await requestsOf(
      auditLog,
      `system:serviceaccount:${NAMESPACE}:webapp-${account}`,
    );
    t.true(requests.length > 0, account);
    const refused = requests
      .filter(({ code }) => code === 403)
      .map(({ what, name }) => `${what} ${name}`);
    t.deepEqual(refused, [], account);
    t.log(`${account}: ${[...new Set(requests.map(({ what }) => what))].sort().join(', ')}`);
  }
});
