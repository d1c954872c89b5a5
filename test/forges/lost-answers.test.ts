// A forge carries out what it is asked, and its answer is lost: nothing is said twice, and the last word is the right one.
import test, { type ExecutionContext } from 'ava';
import { startGithub } from './github-server.ts';
import { APP_TOKEN, GithubState, PERSON_TOKEN } from './github-state.ts';
import { GitlabState, startGitlab, TOKEN } from './gitlab-server.ts';
import type { Loopback, Pull } from './loopback.ts';
import { MARKER, POLICY, reviewStage, type StageOptions, webapp } from './stage.ts';

const FILES = { 'apps/shop.yaml': webapp('shop', 3), 'policies/few.yaml': POLICY };

/** What is lost of the answers to requests of this method whose path ends so. */
interface Loss {
  readonly method: string;
  readonly path: RegExp;
  /** Which of them, from zero on. */
  readonly nth: number;
}

const LOSSES = {
  'the comment': { method: 'POST', path: /\/(comments|notes)$/, nth: 0 },
  'the pending status': { method: 'POST', path: /\/statuses\/\w+$/, nth: 0 },
  'the verdict': { method: 'POST', path: /\/statuses\/\w+$/, nth: 1 },
  'the notes on lines': { method: 'POST', path: /\/(reviews|discussions)$/, nth: 0 },
} as const satisfies Record<string, Loss>;

const APP_LOSSES = {
  'the comment': LOSSES['the comment'],
  'the pending check run': { method: 'POST', path: /\/check-runs$/, nth: 0 },
  'the verdict': { method: 'PATCH', path: /\/check-runs\/\d+$/, nth: 0 },
  'the annotations': { method: 'PATCH', path: /\/check-runs\/\d+$/, nth: 1 },
} as const satisfies Record<string, Loss>;

/** Loses one answer; returns how many it has lost. */
function lose(forge: Loopback, { method, path, nth }: Loss): () => number {
  let seen = 0;
  forge.drop = ({ method: asked, parts: [at = ''] }) =>
    asked === method && path.test(at) && seen++ === nth;
  return () => (seen > nth ? 1 : 0);
}

async function open(t: ExecutionContext, of: Pick<StageOptions, 'forge' | 'token' | 'apiUrl'>) {
  const it = await reviewStage(t, { ...of, files: FILES, env: { TICK_INTERVAL: '5m' } });
  /** A pull request that is denied twice: two lines to note. */
  const propose = () =>
    it.propose(1, { 'apps/shop.yaml': webapp('shop', 12), 'apps/cart.yaml': webapp('cart', 12) });
  /** What the caller is told to do again it does, and the tick makes up for the rest. */
  const reviewed = async () => {
    const { status } = await it.opened(1);
    if (status === 503) await it.opened(1);
    await it.tick();
  };
  return { ...it, propose, reviewed };
}

function isFinal(t: ExecutionContext, bodies: readonly string[], { asked }: Loopback): void {
  const ours = bodies.filter((body) => body.startsWith(MARKER));
  t.is(ours.length, 1, 'one comment');
  t.regex(ours[0] ?? '', /### ❌ Policy review: 2 denied/);
  const made = asked.filter((each) => /^POST .*\/\d+\/(comments|notes)$/.test(each));
  t.is(made.length, 1, 'each one that is made is a mail, though it be deleted again');
}

const LINES = ['apps/cart.yaml:7', 'apps/shop.yaml:7'];
const linesOf = (notes: readonly { path: string; line?: number | null; start_line?: number }[]) =>
  notes.map(({ path, line, start_line: start }) => `${path}:${line ?? start}`).sort();

async function github(t: ExecutionContext, token: string, loss: Loss) {
  const state = new GithubState();
  const forge = await startGithub(state);
  t.teardown(() => forge[Symbol.dispose]());
  const it = await open(t, { forge: 'github', token, apiUrl: forge.url });
  const pull: Pull = await it.propose();
  state.pulls.push(pull);
  const lost = lose(forge, loss);
  await it.reviewed();
  t.is(lost(), 1, 'an answer was lost');
  const bodies = state.comments.map(({ body }) => body);
  isFinal(t, bodies, forge);
  return { state, pull };
}

for (const [what, loss] of Object.entries(LOSSES)) {
  test(`github: the answer to ${what} is lost`, async (t) => {
    const { state, pull } = await github(t, PERSON_TOKEN, loss);
    t.like(state.statuses.at(-1), { sha: pull.head, state: 'failure' });
    t.deepEqual(linesOf(state.reviews), LINES);
  });

  test(`gitlab: the answer to ${what} is lost`, async (t) => {
    const state = new GitlabState();
    const forge = await startGitlab(state);
    t.teardown(() => forge[Symbol.dispose]());
    const it = await open(t, { forge: 'gitlab', token: TOKEN, apiUrl: `${forge.url}/api/v4/` });
    const pull = await it.propose();
    state.pulls.push(pull);
    const lost = lose(forge, loss);
    await it.reviewed();
    t.is(lost(), 1, 'an answer was lost');
    const bodies = state.notes.map(({ body }) => body);
    isFinal(t, bodies, forge);
    const { sha, status, description } = state.statuses.at(-1) ?? {};
    t.deepEqual([sha, status, description?.includes('2 denied')], [pull.head, 'failed', true]);
    t.deepEqual(linesOf(state.discussions), LINES);
  });
}

for (const [what, loss] of Object.entries(APP_LOSSES)) {
  test(`github, as an App: the answer to ${what} is lost`, async (t) => {
    const { state, pull } = await github(t, APP_TOKEN, loss);
    const [run, ...others] = state.runs;
    t.deepEqual(others, []);
    t.like(run, { head_sha: pull.head, status: 'completed', conclusion: 'failure' });
    t.deepEqual(linesOf(run?.annotations ?? []), LINES);
  });
}
