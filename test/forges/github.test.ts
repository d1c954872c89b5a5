// Reviews on a stand-in for GitHub, from the webhook on: by a person's token, by a token of an App's installation.
import test, { type ExecutionContext } from 'ava';
import { startGithub } from './github-server.ts';
import { APP_TOKEN, BOT, GithubState, PERSON, PERSON_TOKEN } from './github-state.ts';
import type { Loopback } from './loopback.ts';
import { KEEP, MARKER, POLICY, reviewStage, STATUS, type Stage, webapp } from './stage.ts';

const FILES = { 'apps/shop.yaml': webapp('shop', 3), 'policies/few.yaml': POLICY };

interface Set extends Stage {
  readonly github: Loopback;
  readonly state: GithubState;
}

async function open(t: ExecutionContext, token = PERSON_TOKEN, env = {}): Promise<Set> {
  const state = new GithubState();
  const github = await startGithub(state);
  t.teardown(() => github[Symbol.dispose]());
  const stage = await reviewStage(t, {
    ...{ forge: 'github', token, apiUrl: github.url, files: FILES, env },
  });
  return { ...stage, github, state };
}

const lastStatus = ({ statuses }: GithubState, sha: string) =>
  statuses.filter((each) => each.sha === sha).at(-1);

test('github: a denied deletion is a comment and a status, and no note on a line that is gone', async (t) => {
  const it = await open(t);
  await it.push({ 'policies/keep.yaml': KEEP, 'apps/cart.yaml': webapp('cart', 3) });
  it.state.pulls.push(await it.propose(1, { 'apps/cart.yaml': null }));
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'denied' } });
  t.is(lastStatus(it.state, it.state.pulls[0]?.head ?? '')?.state, 'failure');
  const { body = '' } = it.state.comments[0] ?? {};
  t.regex(body, /❌ Policy review: 1 denied/);
  t.regex(body, /\[`apps\/cart\.yaml:4`\]\([^)]+\)/);
  t.regex(body, /\*\*Fix:\*\* Keep WebApp cart in apps\/cart\.yaml/);
  t.false(body.includes(`${it.state.pulls[0]?.head}/apps/cart.yaml`), 'the head has no such file');
  t.deepEqual(it.state.reviews, []);
});

test('github: a denial is a comment, a status on the commit and a note on the line; mended, the same comment is green', async (t) => {
  const it = await open(t);
  const pull = await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) });
  it.state.pulls.push(pull);
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'denied' } });
  const [comment] = it.state.comments;
  t.true(comment?.body.startsWith(`${MARKER}\n### ❌ Policy review: 1 denied`));
  t.regex(comment?.body ?? '', /apps\/shop\.yaml:7/);
  t.regex(comment?.body ?? '', /\*\*Fix:\*\* Set spec\.replicas to 10\./);
  t.deepEqual(
    it.state.statuses.map(({ state, context }) => [state, context]),
    [
      ['pending', STATUS],
      ['failure', STATUS],
    ],
  );
  t.deepEqual(
    it.state.reviews.map(({ path, line }) => [path, line]),
    [['apps/shop.yaml', 7]],
  );

  await it.opened(1);
  t.is(it.state.comments.length, 1);
  t.is(it.state.reviews.length, 1, 'a line is not told twice');

  Object.assign(pull, await it.propose(1, { 'apps/shop.yaml': webapp('shop', 5) }));
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'passed' } });
  t.is(it.state.comments.length, 1);
  t.is(it.state.comments[0]?.id, comment?.id);
  t.regex(it.state.comments[0]?.body ?? '', /### ✅/);
  t.is(lastStatus(it.state, pull.head)?.state, 'success');
});

test('github: somebody else’s comment with our marker is left alone, and ours is found behind 150 others', async (t) => {
  const it = await open(t);
  const pull = await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) });
  it.state.pulls.push(pull);
  const eve = { id: 666, login: 'eve' };
  it.state.comments.push({ id: it.state.ids++, body: `${MARKER}\n### ✅ all is well`, user: eve });
  for (let n = 0; n < 150; n++)
    it.state.comments.push({ id: it.state.ids++, body: `remark ${n}`, user: eve });
  await it.opened(1);
  t.is(it.state.comments[0]?.body, `${MARKER}\n### ✅ all is well`);
  t.is(it.state.comments.at(-1)?.user.id, PERSON.id);
  Object.assign(pull, await it.propose(1, { 'apps/shop.yaml': webapp('shop', 4) }));
  await it.opened(1);
  t.is(it.state.comments.length, 152);
  t.regex(it.state.comments.at(-1)?.body ?? '', /### ✅/);
});

test('github: a line outside the diff is in the comment alone, the others are noted', async (t) => {
  const it = await open(t);
  const long = webapp('shop', 12).replace('spec:', `spec:\n${'  # a remark\n'.repeat(30)}`);
  await it.push({ 'apps/long.yaml': long.replace('name: shop', 'name: long') });
  const touched = long.replace('name: shop', 'name: long\n  labels: {a: b}');
  const files = { 'apps/long.yaml': touched, 'apps/shop.yaml': webapp('shop', 11) };
  it.state.pulls.push(await it.propose(1, files));
  await it.opened(1);
  t.regex(it.state.comments[0]?.body ?? '', /2 denied/);
  t.deepEqual(
    it.state.reviews.map(({ path }) => path),
    ['apps/shop.yaml'],
  );
});

test('github: a token of an App writes check runs, fifty annotations at a time, and a new run for a new review', async (t) => {
  const it = await open(t, APP_TOKEN);
  const many = Array.from({ length: 120 }, (_, n) => [`apps/a${n}.yaml`, webapp(`a${n}`, 11)]);
  const pull = await it.propose(1, Object.fromEntries(many));
  it.state.pulls.push(pull);
  const foreign = { name: STATUS, head_sha: pull.head, external_id: 'other' };
  const output = { title: 'theirs', summary: 'theirs', annotations_count: 0 };
  it.state.runs.push({
    ...foreign,
    ...{ id: it.state.ids++, app: { id: 5 }, status: 'completed', conclusion: 'success', output },
    annotations: [],
  });
  await it.opened(1);
  const [theirs, run, ...others] = it.state.runs;
  t.is(theirs?.output.title, 'theirs', 'another App’s run of the same name is not ours');
  t.deepEqual(others, []);
  t.like(run, { status: 'completed', conclusion: 'failure', app: { id: BOT.app } });
  t.is(run?.annotations.length, 120);
  t.is(it.state.statuses.length, 0);
  t.is(it.state.comments[0]?.user.id, BOT.id);
  await it.opened(1);
  t.is(it.state.runs.length, 3);
  t.is(it.state.runs[2]?.annotations.length, 120);
  t.is(it.state.comments.length, 1);
});

test('github: a rate limit is waited for by whoever calls, and makes no second comment', async (t) => {
  const it = await open(t, APP_TOKEN);
  const pull = await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) });
  it.state.pulls.push(pull);
  await it.opened(1);
  for (const [status, headers] of [
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.now() / 1000 + 90) }],
    [429, { 'retry-after': '60' }],
    [403, {}],
  ] as const) {
    it.github.interfere = ({ parts: [path] }) =>
      path === '/graphql'
        ? { status, headers, body: { message: 'You have exceeded a secondary rate limit' } }
        : undefined;
    const before = it.github.asked.length;
    const answer = await it.opened(1);
    t.is(answer.status, 503);
    t.true(it.github.asked.length - before < 12, 'it does not hammer');
    t.is(it.state.comments.length, 1);
    t.is(it.state.runs.at(-1)?.status, 'in_progress', 'the tick does it again');
  }
});

test('github: what a token may not see or do is told once and for all, with advice', async (t) => {
  const it = await open(t, 'ghp_wrong');
  it.state.pulls.push(await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) }));
  const wrong = await it.opened(1);
  t.is(wrong.status, 202);
  t.regex(String(wrong.body.failed), /Bad credentials \(the access token is wrong or has expired/);
  it.github.interfere = () => ({ status: 404, body: { message: 'Not Found' } });
  const missing = await it.opened(1);
  t.is(missing.status, 202);
  t.regex(String(missing.body.failed), /check spec\.url and the token/);
});

test('github: a check that is asked for again, and /recheck by who may write', async (t) => {
  const it = await open(t);
  const { head } = await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) });
  it.state.pulls.push(await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) }));
  const repository = { clone_url: it.url };
  const run = { action: 'rerequested', repository };
  t.truthy(head);
  const again = { ...run, check_run: { pull_requests: [{ number: 1 }] } };
  t.is((await it.tell('check_run', again)).status, 200);
  const none = { ...run, check_run: { pull_requests: [null] } };
  t.is((await it.tell('check_run', none)).status, 202);
  const said = (author: string, body = ' /recheck\n') => ({
    ...{ action: 'created', repository, issue: { number: 1, pull_request: {} } },
    comment: { author_association: author, body },
  });
  t.is((await it.tell('issue_comment', said('MEMBER'))).status, 200);
  t.is((await it.tell('issue_comment', said('NONE'))).status, 202);
  t.is((await it.tell('issue_comment', said('MEMBER', 'please /recheck'))).status, 202);
});

test('github: a fix that another policy would refuse is not told', async (t) => {
  const it = await open(t);
  const other = POLICY.replaceAll('few-replicas', 'many-replicas').replace('<= 10', '>= 12');
  await it.push({ 'policies/many.yaml': other });
  it.state.pulls.push(await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) }));
  await it.opened(1);
  t.regex(it.state.comments[0]?.body ?? '', /1 denied/);
  t.notRegex(it.state.comments[0]?.body ?? '', /Fix:/);
});
