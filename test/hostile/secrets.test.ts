// Secrets that are like no other text: every way out of the functions is searched for them, on good days and on bad ones.
import { createHmac } from 'node:crypto';
import test from 'ava';
import { DEPLOYMENT, POLICY_BUNDLE, SECRET, WEBAPP } from '../../gitops/kinds.ts';
import { startGithub } from '../forges/github-server.ts';
import { GithubState, PERSON } from '../forges/github-state.ts';
import { POLICY, reviewStage, webapp } from '../forges/stage.ts';
import { TOKEN } from '../helpers/functions-entries.ts';
import { startCollector } from '../telemetry/collector.ts';
import { hostileStage, type Stage } from './stage.ts';

// A tick is for all namespaces: on a cluster that others use it would visit theirs.
delete process.env.TEST_CONTROL_PLANE;

const CANARIES = {
  webhook: 'canary-webhook-1c7e02',
  event: TOKEN,
  forge: 'canary-forge-83b1d4',
  variable: 'canary-variable-5f20aa',
  proposed: 'canary-proposed-e97b36',
};

const variable = (value: string) => `  env: [{name: DB_PASSWORD, value: ${value}}]\n`;
const FILES = {
  'apps/shop.yaml': webapp('shop', 3) + variable(CANARIES.variable),
  // What people do: a map in the place of a list, a list in the place of a text, quotes that do not end.
  'apps/map.yaml': `${webapp('map', 1)}  env: {DB_PASSWORD: ${CANARIES.variable}}\n`,
  'apps/list.yaml': webapp('list', 1) + variable(`[${CANARIES.variable}]`),
  'apps/open.yaml': webapp('open', 1) + variable(`"${CANARIES.variable}`),
  'policies/few.yaml': POLICY,
};

async function pullRequest(stage: Stage, url: string, secret = CANARIES.webhook): Promise<string> {
  const event = { action: 'synchronize', number: 1, repository: { clone_url: url } };
  const body = JSON.stringify(event);
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = {
    'x-github-event': 'pull_request',
    'x-hub-signature-256': `sha256=${signature}`,
  };
  return (await stage.send({ path: '/webhooks/github', headers, body })).text;
}

/** What is written into objects beside what people asked for. */
async function written({ get }: Stage): Promise<string> {
  const [app, bundle, deployment] = [
    await get(WEBAPP, 'shop'),
    await get(POLICY_BUNDLE, 'apps'),
    await get(DEPLOYMENT, 'shop'),
  ];
  const { annotations } = deployment?.metadata ?? {};
  return JSON.stringify([app?.status, app?.metadata.annotations, bundle, annotations]);
}

test('Secrets are in no log, status, event, comment, metric, trace or answer', async (t) => {
  process.env.OTEL_BSP_SCHEDULE_DELAY = '50';
  using collector = await startCollector();
  const state = new GithubState();
  state.accounts.set(CANARIES.forge, PERSON);
  const github = await startGithub(state);
  t.teardown(() => github[Symbol.dispose]());
  const options = { forge: 'github', token: CANARIES.forge, apiUrl: github.url } as const;
  const repository = await reviewStage(t, { ...options, files: FILES });
  const stage = await hostileStage({
    WEBHOOK_SECRET: CANARIES.webhook,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  t.teardown(() => stage[Symbol.dispose]());
  const { cluster, namespace } = stage;
  const metadata = { name: 'bot', namespace };
  const stringData = { password: CANARIES.forge };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData };
  await cluster.admin.cluster.create(SECRET, secret);
  const said: string[] = [];

  const source = await stage.follow(repository.url, {
    path: 'apps',
    policies: { path: 'policies' },
    secretRef: { name: 'bot' },
    review: { forge: 'github', apiURL: github.url },
  });
  t.is(source.status.problems?.length, 3);
  said.push((await stage.tell('WebApp', 'shop')).text);
  t.truthy(await stage.get(DEPLOYMENT, 'shop'));

  const changed = webapp('shop', 12) + variable(CANARIES.proposed);
  state.pulls.push(await repository.propose(1, { 'apps/shop.yaml': changed }));
  said.push(await pullRequest(stage, repository.url));
  t.is(state.comments.length, 1);
  t.regex(state.comments[0]?.body ?? '', /DB_PASSWORD[\s\S]*\(hidden\)/);

  // A forge that repeats what it was told, in each way in which it can refuse.
  for (const status of [401, 403, 404, 422, 500, 503]) {
    github.interfere = ({ token }) => ({ status, body: { message: `no: ${token}` } });
    said.push(await pullRequest(stage, repository.url));
  }
  said.push(await pullRequest(stage, repository.url, 'wrong'));
  for (const authorization of [`Bearer ${TOKEN}x`, TOKEN, 'Bearer'])
    said.push((await stage.send({ path: '/events', headers: { authorization } })).text);
  const asked = { authorization: `Bearer ${TOKEN}` };
  said.push((await stage.send({ path: '/tick', headers: asked, body: '{' })).text);

  for (const name of ['sync', 'reconcile', 'review', 'POST /tick'])
    await collector.span(name, (span) => span.name === name);
  const { comments, statuses, runs, reviews } = state;
  const forge = JSON.stringify({ comments, statuses, runs, reviews });
  const traces = collector.text();
  const shown = [...said, await stage.told(), await written(stage), forge, traces].join('\n');
  for (const [name, canary] of Object.entries(CANARIES))
    for (const form of [canary, Buffer.from(canary).toString('base64')])
      t.false(
        shown.includes(form),
        `${name}: ${shown.split('\n').find((line) => line.includes(form))}`,
      );
  t.notRegex(shown, /eyJ[\w-]{30,}\./, 'nor the functions’ own token');
});
