// Sources and Secrets of a real cluster, under the rights that are shipped: who shares a verdict, and who does not.
import test, { type ExecutionContext } from 'ava';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import type { Within } from '../../functions/forge/webhooks.ts';
import { createLog } from '../../functions/log.ts';
import { onPullRequest } from '../../functions/on-pull-request.ts';
import { SECRET, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { FUNCTIONS, grant } from '../helpers/rights.ts';
import { startGithub } from './github-server.ts';
import { GithubState, PERSON_TOKEN } from './github-state.ts';
import { POLICY, reviewStage, webapp } from './stage.ts';

const OTHER_TOKEN = 'ghp_other';
const FILES = {
  ...{ 'apps/shop.yaml': webapp('shop', 3), 'more/cart.yaml': webapp('cart', 3) },
  'policies/few.yaml': POLICY,
};

async function makeSecret({ admin }: TestCluster, metadata: KubeObject['metadata'], token: string) {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata };
  await admin.cluster.create(SECRET, { ...secret, stringData: { password: token } });
}

async function open(t: ExecutionContext) {
  const cluster = await testCluster();
  const namespace = await freshNamespace(cluster);
  const state = new GithubState();
  state.accounts.set(OTHER_TOKEN, { id: 8, login: 'other-bot' });
  const github = await startGithub(state);
  t.teardown(() => github[Symbol.dispose]());
  const options = { forge: 'github', token: PERSON_TOKEN, apiUrl: github.url } as const;
  const { url, propose } = await reviewStage(t, { ...options, files: FILES });
  await grant(cluster.admin, { role: 'webapp-source-secrets', to: FUNCTIONS, namespace });
  await makeSecret(cluster, { namespace, name: 'bot' }, PERSON_TOKEN);
  await makeSecret(cluster, { namespace, name: 'other-bot' }, OTHER_TOKEN);
  const context = createContext(
    readConfig({ FUNCTIONS: 'reviews', WEBHOOK_SECRET: 's', GIT_HOSTS: '127.0.0.1' }),
    cluster.functions,
    createLog('silent'),
  );
  return {
    ...{ namespace, state, propose },
    opened: (within: Within = {}) => onPullRequest({ urls: [url], number: 1, ...within }, context),
    async source(name: string, spec: object) {
      const { apiVersion, kind } = WEBAPP_SOURCE;
      await cluster.admin.cluster.create(WEBAPP_SOURCE, {
        ...{ apiVersion, kind, metadata: { name, namespace } },
        spec: { url, review: { forge: 'github', apiURL: github.url }, ...spec },
      });
    },
  };
}

test('on a cluster, sources of one token share a verdict and a comment, and one of another token has its own', async (t) => {
  const it = await open(t);
  const strict = { secretRef: { name: 'bot' }, policies: { path: 'policies' } };
  await it.source('one', { ...strict, path: 'apps' });
  await it.source('two', { ...strict, path: 'more' });
  await it.source('zzz', { secretRef: { name: 'other-bot' }, path: 'more' });
  const changed = { 'apps/shop.yaml': webapp('shop', 5), 'more/cart.yaml': webapp('cart', 12) };
  const pull = await it.propose(1, changed);
  it.state.pulls.push(pull);
  const told = await it.opened({ namespace: 'another' });
  t.deepEqual([told.status, it.state.statuses], [202, []]);
  t.is((await it.opened()).status, 200);
  t.is((await it.opened({ namespace: it.namespace })).status, 200);

  const last = Object.fromEntries(it.state.statuses.map(({ context, state }) => [context, state]));
  t.deepEqual(last, {
    [`webapp / policy (${it.namespace}/one)`]: 'failure',
    [`webapp / policy (${it.namespace}/zzz)`]: 'success',
  });
  const said = it.state.comments.map(({ user, body }) => ({ by: user.login, body }));
  t.deepEqual(said.map(({ by }) => by).sort(), ['other-bot', 'webapp-bot']);
  const { body = '' } = said.find(({ by }) => by === 'webapp-bot') ?? {};
  t.regex(body, /1 denied/);
  t.regex(body, /`more\/cart\.yaml:7`/);
  t.regex(body, /2 WebApps of 2/);
});

test('on a cluster, a source whose Secret is missing has the verdict of its namespace fail', async (t) => {
  const it = await open(t);
  await it.source('one', { secretRef: { name: 'bot' }, path: 'apps' });
  await it.source('two', { secretRef: { name: 'lost' }, path: 'more' });
  const pull = await it.propose(1, { 'apps/shop.yaml': webapp('shop', 5) });
  it.state.pulls.push(pull);
  t.not((await it.opened()).status, 200);
  t.is(it.state.statuses.at(-1)?.state, 'error');
});
