// Pull requests, and forges, that mean harm. More of them: test/forges/attacks.test.ts.
import test, { type ExecutionContext } from 'ava';
import { WEBAPP } from '../../gitops/kinds.ts';
import { startGithub } from '../forges/github-server.ts';
import { GithubState, PERSON_TOKEN } from '../forges/github-state.ts';
import { POLICY, reviewStage, webapp } from '../forges/stage.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { manifest } from './manifest.ts';
import { hostileStage } from './stage.ts';

const FILES = { 'apps/shop.yaml': webapp('shop', 3), 'policies/few.yaml': POLICY };

async function open(t: ExecutionContext, env: Record<string, string> = {}) {
  const state = new GithubState();
  const github = await startGithub(state);
  t.teardown(() => github[Symbol.dispose]());
  const options = {
    forge: 'github',
    token: PERSON_TOKEN,
    apiUrl: github.url,
    files: FILES,
    env,
  } as const;
  return { ...(await reviewStage(t, options)), github, state };
}

test('S25 a forge whose API is at an address within is not asked', async (t) => {
  const it = await open(t, { GIT_HOSTS: 'public' });
  it.state.pulls.push(await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) }));
  const { status, body } = await it.opened(1);
  t.true(status === 202 || status === 503, JSON.stringify(body));
  t.regex(JSON.stringify(body), /GIT_HOSTS/);
  t.deepEqual(it.github.asked, []);
});

test('S47 a fork that brings policies and settings of its own is judged by those of the base', async (t) => {
  const it = await open(t);
  it.state.pulls.push(
    await it.propose(1, {
      'apps/shop.yaml': webapp('shop', 12),
      'policies/few.yaml': null,
      'policies/more.yaml': POLICY.replaceAll('few-replicas', 'all').replace('<= 10', '<= 1000'),
      'sources.yaml': 'kind: WebAppSource\nspec: {policies: {path: none}}\n',
      '.webapp.yaml': 'policies: none\n',
    }),
  );
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'denied' } });
  t.regex(it.state.comments[0]?.body ?? '', /at most ten replicas/);
});

test('S50 a success that somebody else has set in our name neither stops nor softens our own verdict', async (t) => {
  const it = await open(t, { TICK_INTERVAL: '5m' });
  const pull = await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) });
  it.state.pulls.push(pull);
  const forged = {
    sha: pull.head,
    context: 'webapp / policy (shop/fleet)',
    state: 'success',
    description: 'all is well',
  };
  it.state.statuses.push(forged);
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'denied' } });
  const own = it.state.statuses.filter(({ context }) => context === forged.context).at(-1);
  t.is(own?.state, 'failure');
});

test('S51 of what a repository chooses the names of WebApps alone are labels, and none breaks a line', async (t) => {
  const git = await startTestServer();
  t.teardown(() => git.stop());
  using stage = await hostileStage();
  const branch = 'x"}\u{1f4a5}evil_total{a="b';
  await using repo = await git.make({ 'p.yaml': manifest('evil-name', '  replicas: 2\n') });
  await repo.clone.git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
  await stage.follow(repo.url, { branch });
  await stage.tell('WebApp', 'evil-name');
  t.truthy(await stage.get(WEBAPP, 'evil-name'));
  const { text } = await stage.send({ method: 'GET', path: '/metrics' });
  t.true(text.length > 0);
  t.notRegex(text.replaceAll('name="evil-name"', ''), /evil/);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of lines)
    t.regex(line, /^[a-z_]+(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? [-+.\de]+$/i);
});
