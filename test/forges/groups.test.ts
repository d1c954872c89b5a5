// Sources with the same repository in other namespaces: each namespace's review stays with its own forge.
import test, { type ExecutionContext } from 'ava';
import { startGithub } from './github-server.ts';
import { GithubState, PERSON_TOKEN } from './github-state.ts';
import type { Answer } from './loopback.ts';
import { POLICY, reviewStage, webapp } from './stage.ts';

const FILES = { 'apps/shop.yaml': webapp('shop', 3), 'policies/few.yaml': POLICY };

const source = (url: string, apiUrl: string, namespace = 'aaa') => `---
apiVersion: example.com/v1
kind: WebAppSource
metadata: {name: aaa, namespace: ${namespace}}
spec:
  url: ${url}
  path: apps
  review: {forge: github, apiURL: "${apiUrl}"}
`;

async function open(t: ExecutionContext, namespace?: string) {
  const [state, foreign] = [new GithubState(), new GithubState()];
  const github = await startGithub(state);
  const other = await startGithub(foreign);
  t.teardown(() => github[Symbol.dispose]());
  t.teardown(() => other[Symbol.dispose]());
  const stage = await reviewStage(t, {
    ...{ forge: 'github', token: PERSON_TOKEN, apiUrl: github.url, files: FILES },
    others: (url) => source(url, other.url, namespace),
  });
  const pull = await stage.propose(1, { 'apps/shop.yaml': webapp('shop', 12) });
  state.pulls.push(pull);
  return { ...stage, pull, state, foreign, github, other };
}

test('a source of another namespace with a forge of its own takes over no review and reads none', async (t) => {
  const it = await open(t);
  it.foreign.pulls.push(it.pull);
  t.is((await it.opened(1)).status, 200);
  t.is(it.state.statuses.at(-1)?.state, 'failure');
  t.regex(it.state.comments[0]?.body ?? '', /1 denied/);
  t.notRegex(JSON.stringify(it.foreign), /at most ten replicas|shop\/shop/);
  t.notRegex(JSON.stringify(it.state), /aaa\/shop/);
});

test('a foreign forge that is away or knows no such pull request holds up nobody', async (t) => {
  const it = await open(t);
  t.is((await it.opened(1)).status, 200);
  it.other.interfere = (): Answer => ({ status: 410, body: { message: 'gone' } });
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'denied' } });
  t.is(it.state.statuses.at(-1)?.state, 'failure');
});
