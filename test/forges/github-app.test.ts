// Reviews as a GitHub App, and merges that no webhook told of: sources and Secrets of a cluster.
import test, { type ExecutionContext } from 'ava';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import type { ForgeError } from '../../functions/forge/forge-error.ts';
import { ForgeWaits } from '../../functions/forge/forge-waits.ts';
import { githubForge } from '../../functions/forge/github.ts';
import { createLog } from '../../functions/log.ts';
import { reviewMissed } from '../../functions/review/missed.ts';
import { reached } from '../../functions/review/sources.ts';
import { ANYWHERE } from '../../gitops/io/reach.ts';
import { SECRET, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation, type WebAppSource } from '../../gitops/webapp.ts';
import { FakeCluster } from '../helpers/fake-cluster.ts';
import { APP, startGithub } from './github-server.ts';
import { BOT, GithubState } from './github-state.ts';
import type { Pull } from './loopback.ts';
import { MARKER, STATUS } from './stage.ts';

const HEAD = 'a'.repeat(40);
const NOW = Date.parse('2026-11-23T12:00:00Z');

async function open(t: ExecutionContext) {
  const state = new GithubState();
  const github = await startGithub(state);
  t.teardown(() => github[Symbol.dispose]());
  return { state, github };
}

test('github: an App gets a token by its key and writes a check run', async (t) => {
  const { state, github } = await open(t);
  const access = {
    ...{ url: 'https://github.com/acme/fleet.git', apiUrl: github.url },
    signal: AbortSignal.timeout(20_000),
    statusName: STATUS,
    reach: ANYWHERE,
    waits: new ForgeWaits(),
  };
  const forge = githubForge({ ...access, credentials: { kind: 'app', ...APP } });
  await forge.setStatus({ headSha: HEAD }, { state: 'pending', description: 'begun' });
  await forge.setStatus({ headSha: HEAD }, { state: 'error', description: 'nobody knows' });
  t.like(state.runs, [
    { app: { id: BOT.app }, status: 'completed', conclusion: 'action_required' },
  ]);
  t.deepEqual(await forge.status(HEAD), { state: 'error', description: 'nobody knows' });
  t.is(github.asked.filter((each) => each.includes('access_tokens')).length, 1);
  const other = githubForge({
    ...access,
    credentials: { kind: 'app', ...APP, installationId: '1' },
  });
  const error = await t.throwsAsync<ForgeError>(other.status(HEAD));
  t.is(error?.status, 404);
});

/** A source with the Secret of an App, as a cluster has them. */
async function inCluster(apiURL: string) {
  const cluster = new FakeCluster();
  const metadata = { name: 'fleet', namespace: 'shop' };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  await cluster.create(SECRET, {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'app', namespace: 'shop' } },
    data: {
      githubAppID: base64(APP.appId),
      githubAppInstallationID: base64(APP.installationId),
      githubAppPrivateKey: base64(APP.privateKey),
    },
  });
  const review = { forge: 'github', apiURL, secretRef: { name: 'app' } };
  const { apiVersion, kind } = WEBAPP_SOURCE;
  const spec = { url: 'https://github.com/acme/fleet.git', review };
  await cluster.create(WEBAPP_SOURCE, { apiVersion, kind, metadata, spec });
  const source = async () => (await cluster.get(WEBAPP_SOURCE, metadata)) as WebAppSource;
  const context = createContext(
    readConfig({ FUNCTIONS: 'tick,reviews', WEBHOOK_SECRET: 's', GIT_HOSTS: '127.0.0.1' }),
    undefined,
    createLog('silent'),
  );
  return { source, world: { context, cluster, signal: AbortSignal.timeout(20_000) } };
}

test('github: the Secret of an App is told by its keys, and reads no repository', async (t) => {
  const { github, state } = await open(t);
  const { source, world } = await inCluster(github.url);
  const { forge, credentials } = await reached(await source(), world);
  t.is(credentials, undefined);
  await forge.createComment(1, 'hello');
  t.is(state.comments[0]?.user.id, BOT.id);
});

test('tick: a merge that no webhook told of is noted once the cluster must have seen it', async (t) => {
  const { github, state } = await open(t);
  const { source, world } = await inCluster(github.url);
  const merged = (number: number, minutes: number): Pull => ({
    ...{ number, head: HEAD, base: HEAD, mergeBase: HEAD, state: 'merged', patches: {} },
    mergedAs: `${number}`.repeat(40),
    mergedAt: new Date(NOW - minutes * 60_000).toISOString(),
  });
  state.pulls.push(merged(1, 30), merged(2, 3), merged(3, 90));
  state.comments.push({ id: 1, body: `${MARKER}\n### ✅`, user: BOT });
  await reviewMissed(await source(), world, { now: NOW, tickMs: 60_000 });
  const noted = JSON.parse(annotation(await source(), ANNOTATION.merged));
  t.like(noted, [{ number: 1, commit: '1'.repeat(40), before: '' }]);
  t.is(noted.length, 1);
});
