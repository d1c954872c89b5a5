// A stand-in for GitLab's REST API: https://docs.gitlab.com/api/rest.
import {
  type Answer,
  type Asked,
  isInDiff,
  type Loopback,
  type Pull,
  page,
  type Route,
  startLoopback,
} from './loopback.ts';

export interface GitlabNote {
  readonly id: number;
  body: string;
  readonly author: { readonly id: number };
}

export interface GitlabStatus {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly name: string;
  status: string;
  description: string | null;
}

export const TOKEN = 'glpat-bot';
export const BOT_ID = 900;

/** The project acme/fleet as GitLab has it. */
export class GitlabState {
  readonly pulls: Pull[] = [];
  readonly notes: GitlabNote[] = [];
  readonly discussions: { path: string; line: number; body: string }[] = [];
  readonly statuses: GitlabStatus[] = [];
  /** Whether the diff of a push has been prepared. */
  isPrepared = true;
  ids = 1;

  pull(number: string | undefined): Pull | undefined {
    return this.pulls.find((each) => each.number === Number(number));
  }
}

const MISSING: Answer = { status: 404, body: { message: '404 Not found' } };
const refuse = (message: unknown): Answer => ({ status: 400, body: { message } });
const ROOT = '^/api/v4/projects/acme%2Ffleet';

/** Starts the stand-in. */
export async function startGitlab(state: GitlabState): Promise<Loopback> {
  const routes: Route[] = [
    ['GET', /^\/api\/v4\/user$/, () => ({ body: { id: BOT_ID } })],
    ...requestRoutes(state),
    ...noteRoutes(state),
    ...discussionRoutes(state),
    ...statusRoutes(state),
  ];
  return startLoopback(
    routes.map(
      ([method, pattern, answer]): Route => [
        method,
        pattern,
        (asked) =>
          asked.token === TOKEN
            ? answer(asked)
            : { status: 401, body: { message: '401 Unauthorized' } },
      ],
    ),
  );
}

const STATES = { open: 'opened', closed: 'closed', merged: 'merged' } as const;

function requestRoutes(state: GitlabState): Route[] {
  const shown = ({ number, head, mergeBase, state: is, ...pull }: Pull) => ({
    iid: number,
    state: STATES[is],
    sha: head,
    source_branch: 'change',
    target_branch: 'main',
    source_project_id: pull.fork ? 2 : 1,
    target_project_id: 1,
    merge_commit_sha: pull.mergedAs ?? null,
    merged_at: pull.mergedAt ?? null,
    ...(state.isPrepared && {
      diff_refs: { base_sha: mergeBase, head_sha: head, start_sha: pull.base },
    }),
  });
  return [
    [
      'GET',
      new RegExp(`${ROOT}/merge_requests$`),
      (asked) => {
        const found = state.pulls.filter(
          ({ state: is }) => STATES[is] === asked.query.get('state'),
        );
        return page(found.map(shown), asked);
      },
    ],
    [
      'GET',
      new RegExp(`${ROOT}/merge_requests/(\\d+)$`),
      ({ parts: [number] }) => {
        const pull = state.pull(number);
        return pull ? { body: shown(pull) } : MISSING;
      },
    ],
  ];
}

function noteRoutes(state: GitlabState): Route[] {
  const one = ({ parts: [, id] }: Asked) => state.notes.find((each) => each.id === Number(id));
  const list = new RegExp(`${ROOT}/merge_requests/(\\d+)/notes$`);
  const path = new RegExp(`${ROOT}/merge_requests/(\\d+)/notes/(\\d+)$`);
  return [
    ['GET', list, (asked) => page(state.notes, asked)],
    [
      'POST',
      list,
      ({ body: { body } }) => {
        const made = { id: state.ids++, body: String(body), author: { id: BOT_ID } };
        state.notes.push(made);
        return { status: 201, body: made };
      },
    ],
    [
      'PUT',
      path,
      (asked) => {
        const found = one(asked);
        if (found === undefined) return MISSING;
        found.body = String(asked.body.body);
        return { body: found };
      },
    ],
    [
      'DELETE',
      path,
      (asked) => {
        const found = one(asked);
        if (found === undefined) return MISSING;
        state.notes.splice(state.notes.indexOf(found), 1);
        return { status: 204 };
      },
    ],
  ];
}

function discussionRoutes(state: GitlabState): Route[] {
  const path = new RegExp(`${ROOT}/merge_requests/(\\d+)/discussions$`);
  return [
    [
      'GET',
      path,
      (asked) => {
        const all = state.discussions.map(({ body }) => ({
          notes: [{ body, author: { id: BOT_ID } }],
        }));
        return page(all, asked);
      },
    ],
    [
      'POST',
      path,
      ({ parts: [number], body }) => {
        const { new_path: at, new_line: line } = body.position as Record<string, string>;
        const { patches = {} } = state.pull(number) ?? {};
        if (!isInDiff(patches[at ?? ''], Number(line)))
          return refuse('400 Bad request - Note {:line_code=>["can\'t be blank"]}');
        state.discussions.push({ path: at ?? '', line: Number(line), body: String(body.body) });
        return { status: 201, body: { id: 'd' } };
      },
    ],
  ];
}

function statusRoutes(state: GitlabState): Route[] {
  return [
    [
      'POST',
      new RegExp(`${ROOT}/statuses/(\\w+)$`),
      ({ parts: [sha = ''], body }) => setStatus(state, sha, body as Record<string, string>),
    ],
    [
      'GET',
      new RegExp(`${ROOT}/repository/commits/(\\w+)/statuses$`),
      (asked) => {
        const found = state.statuses.filter(({ sha }) => sha === asked.parts[0]);
        return page(found.slice(-1), asked);
      },
    ],
  ];
}

function setStatus(
  state: GitlabState,
  sha: string,
  { state: to = '', name = '', ref, description = '' }: Record<string, string>,
): Answer {
  const pull = state.pulls.find(({ head }) => head === sha);
  // Commits of a fork are on no branch of the project.
  if (ref === undefined && pull?.fork)
    return { status: 404, body: { message: '404 References for commit Not Found' } };
  const running = state.statuses.find(
    (each) => each.sha === sha && each.name === name && each.status === 'running',
  );
  if (running && to === 'running')
    return refuse('Cannot transition status via :run from :running (Reason(s): Status)');
  const found = running ?? { id: state.ids++, sha, ref: ref ?? 'change', name };
  const made = Object.assign(found, { status: to, description });
  if (!running) state.statuses.push(made);
  return { status: 201, body: made };
}
