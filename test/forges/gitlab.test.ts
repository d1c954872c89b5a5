// Reviews on a stand-in for GitLab, from the webhook on.
import test, { type ExecutionContext } from 'ava';
import { BOT_ID, GitlabState, startGitlab, TOKEN } from './gitlab-server.ts';
import type { Loopback } from './loopback.ts';
import { KEEP, MARKER, POLICY, reviewStage, STATUS, type Stage, webapp } from './stage.ts';

const FILES = { 'apps/shop.yaml': webapp('shop', 3), 'policies/few.yaml': POLICY };

interface Set extends Stage {
  readonly gitlab: Loopback;
  readonly state: GitlabState;
}

async function open(t: ExecutionContext): Promise<Set> {
  const state = new GitlabState();
  const gitlab = await startGitlab(state);
  t.teardown(() => gitlab[Symbol.dispose]());
  const options = { forge: 'gitlab', token: TOKEN, apiUrl: `${gitlab.url}/api/v4/` } as const;
  return { ...(await reviewStage(t, { ...options, files: FILES })), gitlab, state };
}

test('gitlab: denied and mended, one note and one status for each commit', async (t) => {
  const it = await open(t);
  const pull = await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) });
  it.state.pulls.push(pull);
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'denied' } });
  t.true(it.state.notes[0]?.body.startsWith(`${MARKER}\n### ❌ Policy review: 1 denied`));
  t.like(it.state.statuses, [{ status: 'failed', name: STATUS, ref: 'change' }]);
  t.like(it.state.discussions, [{ path: 'apps/shop.yaml', line: 7 }]);
  await it.opened(1);
  t.is(it.state.notes.length, 1);
  t.is(it.state.discussions.length, 1, 'a line is not told twice');
  Object.assign(pull, await it.propose(1, { 'apps/shop.yaml': webapp('shop', 5) }));
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'passed' } });
  t.is(it.state.notes.length, 1);
  t.regex(it.state.notes[0]?.body ?? '', /### ✅/);
  t.is(it.state.statuses.at(-1)?.status, 'success');
});

test('gitlab: a denied deletion is a note and a status, and no discussion of a line that is gone', async (t) => {
  const it = await open(t);
  await it.push({ 'policies/keep.yaml': KEEP, 'apps/cart.yaml': webapp('cart', 3) });
  it.state.pulls.push(await it.propose(1, { 'apps/cart.yaml': null }));
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'denied' } });
  t.regex(it.state.notes[0]?.body ?? '', /apps\/cart\.yaml:4/);
  t.is(it.state.statuses.at(-1)?.status, 'failed');
  t.deepEqual(it.state.discussions, []);
});

test('gitlab: the status of a fork’s commit is filed under the merge request', async (t) => {
  const it = await open(t);
  const files = { 'policies/few.yaml': null, 'apps/shop.yaml': webapp('shop', 50) };
  it.state.pulls.push({ ...(await it.propose(1, files)), fork: true });
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'denied' } });
  t.like(it.state.statuses, [{ status: 'failed', ref: 'refs/merge-requests/1/head' }]);
});

test('gitlab: a status that runs already, a diff that is not prepared and a line outside it spoil nothing', async (t) => {
  const it = await open(t);
  const pull = await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) });
  it.state.pulls.push(pull);
  const running = { ref: 'change', name: STATUS, status: 'running', description: '' };
  it.state.statuses.push({ id: it.state.ids++, sha: pull.head, ...running });
  it.state.isPrepared = false;
  t.deepEqual(await it.opened(1), { status: 200, body: { conclusion: 'denied' } });
  t.is(it.state.statuses.length, 1);
  t.is(it.state.statuses[0]?.status, 'failed');
  t.is(it.state.discussions.length, 0);
  it.state.isPrepared = true;
  pull.patches = { 'apps/shop.yaml': '@@ -1,2 +1,2 @@\n x\n' };
  t.is((await it.opened(1)).status, 200);
  t.is(it.state.discussions.length, 0);
});

test('gitlab: our note is found by its author behind 150 others, one of which quotes the marker', async (t) => {
  const it = await open(t);
  const pull = await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) });
  it.state.pulls.push(pull);
  it.state.notes.push({ id: it.state.ids++, body: `${MARKER}\nno`, author: { id: 666 } });
  for (let n = 0; n < 150; n++)
    it.state.notes.push({ id: it.state.ids++, body: 'a remark', author: { id: 666 } });
  await it.opened(1);
  await it.opened(1);
  t.is(it.state.notes.length, 152);
  t.is(it.state.notes[151]?.author.id, BOT_ID);
  t.is(it.state.notes[0]?.body, `${MARKER}\nno`);
});

test('gitlab: a rate limit ends it after one try, leaves it to the tick, and is kept', async (t) => {
  const it = await open(t);
  it.state.pulls.push(await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) }));
  it.gitlab.interfere = () => ({
    status: 429,
    headers: { 'retry-after': '30' },
    body: { message: 'Retry later' },
  });
  t.like(await it.opened(1), { status: 202, body: { left: 'to the tick' } });
  t.like(await it.opened(1), { status: 202, body: { left: 'to the tick' } });
  t.is(it.gitlab.asked.length, 1);
});

test('gitlab: a refusal is told only to the log', async (t) => {
  const it = await open(t);
  it.state.pulls.push(await it.propose(1, { 'apps/shop.yaml': webapp('shop', 12) }));
  it.gitlab.interfere = () => ({ status: 403, body: { message: '403 Forbidden' } });
  const refused = await it.opened(1);
  t.is(refused.status, 202, 'GitLab switches off webhooks that fail');
  t.regex(String(refused.body.failed), /must be able to comment and to set statuses/);
});

test('gitlab: a path with signs in it arrives as it is', async (t) => {
  const it = await open(t);
  const path = 'apps/a&b=c [d].yaml';
  it.state.pulls.push(await it.propose(1, { [path]: webapp('a', 12) }));
  await it.opened(1);
  t.deepEqual(
    it.state.discussions.map((each) => each.path),
    [path],
  );
});
