// What people and races do to reviews: moving heads, two functions at once, hostile names, pull requests too large.
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { marked } from 'marked';
import { startGithub } from './github-server.ts';
import { GithubState, PERSON_TOKEN } from './github-state.ts';
import type { Loopback } from './loopback.ts';
import { POLICY, reviewStage, type Stage, webapp } from './stage.ts';

const FILES = { 'apps/shop.yaml': webapp('shop', 3), 'policies/few.yaml': POLICY };

interface Set extends Stage {
  readonly github: Loopback;
  readonly state: GithubState;
}

async function open(t: ExecutionContext, env: Record<string, string> = {}): Promise<Set> {
  const state = new GithubState();
  const github = await startGithub(state);
  t.teardown(() => github[Symbol.dispose]());
  const options = { forge: 'github', token: PERSON_TOKEN, apiUrl: github.url } as const;
  return { ...(await reviewStage(t, { ...options, files: FILES, env })), github, state };
}

const statesOf = ({ statuses }: GithubState, sha: string) =>
  statuses.filter((each) => each.sha === sha).map(({ state }) => state);

test('two functions that make the comment at once leave one', async (t) => {
  const it = await open(t);
  it.state.pulls.push(await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) }));
  const both = Promise.withResolvers<void>();
  let making = 0;
  it.github.interfere = async ({ method, parts: [path = ''] }) => {
    if (method !== 'POST' || !path.endsWith('/comments')) return undefined;
    if (++making === 2) both.resolve();
    await Promise.race([both.promise, sleep(10_000)]);
    return undefined;
  };
  const answers = await Promise.all([it.opened(1), it.opened(1)]);
  t.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
  t.is(making, 2, 'both found none');
  t.is(it.state.comments.length, 1);
  t.regex(it.state.comments[0]?.body ?? '', /1 denied/);
});

test('a head that moves meanwhile: the comment is about what is there in the end', async (t) => {
  const it = await open(t);
  const pull = await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) });
  const old = pull.head;
  it.state.pulls.push(pull);
  it.github.interfere = async ({ method, parts: [path = ''] }) => {
    if (method !== 'POST' || !path.endsWith(`/statuses/${old}`) || pull.head !== old)
      return undefined;
    Object.assign(pull, await it.propose(1, { 'apps/shop.yaml': webapp('shop', 5) }));
    return undefined;
  };
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'passed' } });
  t.is(it.state.comments.length, 1);
  t.regex(it.state.comments[0]?.body ?? '', /### ✅/);
  t.deepEqual(statesOf(it.state, old), ['pending', 'failure'], 'each commit keeps its verdict');
  t.deepEqual(statesOf(it.state, pull.head), ['pending', 'success']);
});

test('closed is left alone, reopened is reviewed into the same comment', async (t) => {
  const it = await open(t);
  const pull = await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) });
  it.state.pulls.push({ ...pull, state: 'closed' });
  t.is((await it.opened(1)).status, 202);
  t.is(it.state.comments.length + it.state.statuses.length, 0);
  for (const number of [1, 2]) {
    it.state.pulls.splice(0, 1, pull);
    t.is((await it.opened(1)).status, 200, String(number));
  }
  t.is(it.state.comments.length, 1);
});

test('a file that is moved changes nothing and is not spoken of; a WebApp that goes is shown', async (t) => {
  const it = await open(t);
  const moved = { 'apps/shop.yaml': null, 'apps/web/shop.yaml': webapp('shop', 3) };
  const pull = await it.propose(1, moved);
  it.state.pulls.push(pull);
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'unchanged' } });
  t.is(it.state.comments.length, 0);
  t.deepEqual(statesOf(it.state, pull.head), ['pending', 'success']);
  Object.assign(pull, await it.propose(1, { 'apps/web/shop.yaml': null }));
  await it.opened(1);
  const { body = '' } = it.state.comments[0] ?? {};
  t.regex(body, /`WebApp shop\/shop` \| delete/);
  t.regex(body, /`Deployment shop\/shop` \| delete \| {2}\| -&#8203;3 pods/);
});

test('S47 who edits the policy and the WebApp at once is judged by the policy as it was', async (t) => {
  const it = await open(t);
  const files = {
    'policies/few.yaml': POLICY.replace('<= 10', '<= 100'),
    'apps/shop.yaml': webapp('shop', 50),
  };
  it.state.pulls.push(await it.propose(1, files));
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'denied' } });
  it.state.pulls.push(
    await it.propose(2, { 'policies/few.yaml': POLICY.replace('<= 10', '<= 2') }),
  );
  await it.opened(2);
  t.regex(it.state.comments.at(-1)?.body ?? '', /1 object would begin to fail/);
});

test('S49 a pull request of 3000 files is refused, and that is no success', async (t) => {
  const it = await open(t);
  const many = Array.from({ length: 3000 }, (_, n) => [`apps/a${n}.yaml`, webapp(`a${n}`, 1)]);
  const pull = await it.propose(1, Object.fromEntries(many));
  it.state.pulls.push(pull);
  const answer = await it.opened(1);
  t.is(answer.status, 202);
  t.deepEqual(statesOf(it.state, pull.head), ['pending', 'error']);
  t.regex(it.state.statuses.at(-1)?.description ?? '', /^Cannot be reviewed: 3000 files/);
  const { body = '' } = it.state.comments[0] ?? {};
  t.regex(body, /### 💥 Policy review: could not be done — treated as failing/);
  t.regex(body, /split the pull request/);
});

test('S48 nothing that a repository names calls anybody or becomes markup', async (t) => {
  const it = await open(t);
  const name = '@octo-org/team`|<img src=x onerror=alert(1)>\u001b[31m';
  const bad = webapp('x', 12).replace('name: x', `name: ${JSON.stringify(name)}`);
  it.state.pulls.push(await it.propose(1, { 'apps/@octo-org|`<b>x.yaml': bad }));
  await it.opened(1);
  const { body = '' } = it.state.comments[0] ?? {};
  t.regex(body, /denied|judged/);
  const html = (marked.parse(body) as string).replace(/<(code|pre)[^>]*>.*?<\/\1>/gs, '');
  t.notRegex(html, /<img|<b>|@octo/);
  t.false(body.includes('\u001b'));
});

test('a review that cannot be done takes the place of an older verdict, and is done again by the tick', async (t) => {
  const it = await open(t, { TICK_INTERVAL: '5m' });
  const pull = await it.propose(1, { 'apps/shop.yaml': webapp('shop', 5) });
  it.state.pulls.push(pull);
  await it.opened(1);
  t.regex(it.state.comments[0]?.body ?? '', /### ✅/);
  const { head } = pull;
  pull.head = 'f'.repeat(40);
  t.is((await it.opened(1)).status, 503);
  t.is(it.state.comments.length, 1);
  t.regex(it.state.comments[0]?.body ?? '', /### 💥[\s\S]*It will be tried again/);
  t.deepEqual(statesOf(it.state, pull.head), ['pending', 'error']);
  pull.head = head;
  it.state.statuses.length = 0;
  t.like(await it.tick(), { sources: 1, failed: 0 });
  t.regex(it.state.comments[0]?.body ?? '', /### ✅/);
  t.like(await it.tick(), { sources: 0, failed: 0 });
});

test('the tick finds pull requests that no webhook told of, a few at a time', async (t) => {
  const it = await open(t, { TICK_INTERVAL: '5m' });
  for (const number of [1, 2, 3, 4])
    it.state.pulls.push(await it.propose(number, { 'apps/shop.yaml': webapp('shop', 3 + number) }));
  it.state.pulls.push({ ...(await it.propose(5, {})), state: 'closed' });
  const seen = () => new Set(it.state.statuses.map(({ sha }) => sha)).size;
  await it.tick();
  t.is(seen(), 3);
  await it.tick();
  t.is(seen(), 4);
  const before = it.github.asked.length;
  await it.tick();
  t.true(it.github.asked.length - before <= 6, 'one list and one question for each');
});
