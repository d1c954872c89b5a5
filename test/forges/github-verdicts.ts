// The part of the stand-in for GitHub that takes verdicts: statuses, reviews with comments on lines, check runs.
import { type CheckRun, type GithubState, type GithubStatus, PERSON } from './github-state.ts';
import { type Answer, invalid, isInDiff, MISSING, page, type Route } from './loopback.ts';

/** Returns the routes. */
export function verdictRoutes(state: GithubState): Route[] {
  const root = '^/repos/acme/fleet';
  return [
    [
      'POST',
      new RegExp(`${root}/statuses/(\\w+)$`),
      ({ parts: [sha = ''], body }) => {
        const { state: is, context, description } = body as unknown as GithubStatus;
        if (description.length > 140) return invalid('description is too long (maximum is 140)');
        state.statuses.push({ sha, context, state: is, description });
        return { status: 201, body: {} };
      },
    ],
    [
      'GET',
      new RegExp(`${root}/commits/(\\w+)/status$`),
      ({ parts: [sha] }) => {
        const found = state.statuses.filter((each) => each.sha === sha).reverse();
        const latest = new Map([...found].reverse().map((each) => [each.context, each]));
        return { body: { statuses: [...latest.values()] } };
      },
    ],
    ['GET', new RegExp(`${root}/pulls/(\\d+)/comments$`), (asked) => page(state.reviews, asked)],
    [
      'POST',
      new RegExp(`${root}/pulls/(\\d+)/reviews$`),
      ({ parts: [number], body, token }) => {
        const comments = body.comments as { path: string; line: number; body: string }[];
        const { patches = {} } = state.pull(number) ?? {};
        if (comments.some(({ path, line }) => !isInDiff(patches[path], line)))
          return invalid('Unprocessable Entity: Line could not be resolved');
        const user = state.accounts.get(token) ?? PERSON;
        state.reviews.push(...comments.map((each) => ({ ...each, user })));
        return { body: {} };
      },
    ],
    ...checkRoutes(state, root),
  ];
}

function checkRoutes(state: GithubState, root: string): Route[] {
  const appOnly: Answer = {
    status: 403,
    body: { message: 'You must authenticate via a GitHub App.' },
  };
  return [
    [
      'GET',
      new RegExp(`${root}/commits/(\\w+)/check-runs$`),
      ({ parts: [sha], query }) => {
        const app = query.get('app_id');
        const found = state.runs.filter(
          (run) =>
            run.head_sha === sha &&
            run.name === query.get('check_name') &&
            (app === null || run.app.id === Number(app)),
        );
        // The latest of each App.
        const latest = new Map(found.map((run) => [run.app.id, run]));
        return { body: { check_runs: [...latest.values()] } };
      },
    ],
    [
      'POST',
      new RegExp(`${root}/check-runs$`),
      ({ body, token }) => {
        const { app } = state.accounts.get(token) ?? PERSON;
        if (app === undefined) return appOnly;
        const made = {
          ...{ id: state.ids++, app: { id: app }, status: 'queued', conclusion: null },
          ...(body as object),
          output: { title: null, summary: null, annotations_count: 0 },
          annotations: [],
        } as unknown as CheckRun;
        state.runs.push(made);
        return changeRun(made, body, 201);
      },
    ],
    [
      'PATCH',
      new RegExp(`${root}/check-runs/(\\d+)$`),
      ({ parts: [id], body, token }) => {
        const run = state.runs.find((each) => each.id === Number(id));
        const { app } = state.accounts.get(token) ?? PERSON;
        if (run === undefined) return MISSING;
        return run.app.id === app ? changeRun(run, body, 200) : appOnly;
      },
    ],
  ];
}

function changeRun(run: CheckRun, body: Record<string, unknown>, status: number): Answer {
  const { status: is, conclusion, output } = body as Partial<CheckRun>;
  const {
    annotations = [],
    title,
    summary,
  } = (output ?? {}) as {
    annotations?: CheckRun['annotations'];
    title?: string;
    summary?: string;
  };
  if (annotations.length > 50) return invalid('No more than 50 annotations may be given');
  if (output && (!title || title.length > 255 || !summary)) return invalid('title and summary');
  run.status = conclusion ? 'completed' : (is ?? run.status);
  run.conclusion = conclusion ?? run.conclusion;
  run.annotations.push(...annotations);
  const count = run.annotations.length;
  run.output = {
    title: title ?? run.output.title,
    summary: summary ?? run.output.summary,
    annotations_count: count,
  };
  return { status, body: run };
}
