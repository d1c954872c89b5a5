// Sources that review the same repository on the same forge and share no token: no verdict covers another.
import test, { type ExecutionContext } from 'ava';
import { startGithub } from './github-server.ts';
import { GithubState, PERSON_TOKEN } from './github-state.ts';
import { POLICY, reviewStage, webapp } from './stage.ts';

const FILES = { 'apps/shop.yaml': webapp('shop', 3), 'policies/few.yaml': POLICY };

/** Another way to write the API's address makes a group of its own, as another token would. */
const lenient = (url: string, apiUrl: string, namespace: string) => `---
apiVersion: example.com/v1
kind: WebAppSource
metadata: {name: lenient, namespace: ${namespace}}
spec:
  url: ${url}
  path: apps
  review: {forge: github, apiURL: "${apiUrl}/"}
`;

async function open(t: ExecutionContext, namespace: string) {
  const state = new GithubState();
  const github = await startGithub(state);
  t.teardown(() => github[Symbol.dispose]());
  const stage = await reviewStage(t, {
    ...{ forge: 'github', token: PERSON_TOKEN, apiUrl: github.url, files: FILES },
    others: (url) => lenient(url, github.url, namespace),
    env: { TICK_INTERVAL: '5m' },
  });
  const pull = await stage.propose(1, { 'apps/shop.yaml': webapp('shop', 12) });
  state.pulls.push(pull);
  return { ...stage, pull, state };
}

/** The verdicts as they stand in the end, by the names under which branches are protected. */
const verdicts = ({ statuses }: GithubState, sha: string) =>
  Object.fromEntries(
    statuses.filter((each) => each.sha === sha).map(({ context, state }) => [context, state]),
  );

for (const namespace of ['aaa', 'zzz']) {
  test(`a pass of ${namespace}/lenient covers no denial on the same commit, nor the other way round`, async (t) => {
    const it = await open(t, namespace);
    const expected = {
      'webapp / policy (shop/fleet)': 'failure',
      [`webapp / policy (${namespace}/lenient)`]: 'success',
    };
    t.is((await it.opened(1)).status, 200);
    t.deepEqual(verdicts(it.state, it.pull.head), expected);
    await it.opened(1);
    await it.tick();
    t.deepEqual(verdicts(it.state, it.pull.head), expected);
  });
}

test('each has a comment of its own and leaves the other one alone, though one account writes both', async (t) => {
  const it = await open(t, 'zzz');
  await it.opened(1);
  const said = () =>
    it.state.comments.map(({ id, body }) => `${id} ${/### (\S+)/.exec(body)?.[1]}`);
  const first = said();
  t.deepEqual(first.map((each) => each.split(' ')[1]).sort(), ['❌', '✅'].sort());
  await it.opened(1);
  await it.opened(1);
  t.deepEqual(said(), first);
});

test('the tick makes good the verdict that is missing, and that one alone', async (t) => {
  const it = await open(t, 'zzz');
  await it.opened(1);
  const lost = it.state.statuses.filter(({ context }) => context.includes('zzz/lenient'));
  for (const status of lost) it.state.statuses.splice(it.state.statuses.indexOf(status), 1);
  const before = it.state.statuses.length;
  await it.tick();
  const after = it.state.statuses.slice(before).map(({ context }) => context);
  t.deepEqual([...new Set(after)], ['webapp / policy (zzz/lenient)']);
});
