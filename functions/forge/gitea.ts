// Gitea's API (and Forgejo's, which speaks the same).
import { type PullRequest as GiteaPullRequest, giteaApi, type HttpResponse } from 'gitea-js';
import { trimSlashes } from '../../gitops/trim-slashes.ts';
import {
  type Comment,
  type ForgeAccess,
  type ForgeApi,
  type LineNote,
  noteMarker,
  type PullRequest,
  placeOf,
  type Status,
} from './forge-api.ts';
import { ForgeError, refused, waitAskedFor } from './forge-error.ts';
import { forgeFetch } from './forge-fetch.ts';
import { lookThenSend } from './look-then-send.ts';
import { once } from './once.ts';

/** Gitea's longest page, unless its administrator says otherwise. */
const PAGE = 50;
const MAX_PAGES = 10;
const MAX_NOTES = 50;

interface Gitea {
  readonly repos: ReturnType<typeof giteaApi>['repos'];
  readonly at: readonly [owner: string, repository: string];
  readonly statusName: string;
  readonly account: () => Promise<number>;
}

/** Returns the repository's API; the token needs write:issue and write:repository. */
export function giteaForge(access: ForgeAccess): ForgeApi {
  const { url, credentials, statusName, apiUrl } = access;
  if (credentials.kind === 'app') throw new TypeError('Gitea knows no GitHub Apps');
  const { origin, owner, name } = placeOf(url);
  const host = trimSlashes(apiUrl ?? origin).replace(/\/api\/v1$/, '');
  const customFetch = forgeFetch(host, access);
  const { repos, user } = giteaApi(host, { token: credentials.token, customFetch });
  const account = once(async () => (await ask(user.userGetCurrent())).id ?? 0);
  const gitea: Gitea = { repos, at: [owner, name], statusName, account };
  return { ...pullRequests(gitea), ...comments(gitea), ...statuses(gitea), note: notes(gitea) };
}

function pullRequests({
  repos,
  at,
}: Gitea): Pick<ForgeApi, 'pullRequest' | 'openPullRequests' | 'mergedPullRequests'> {
  const list = async (branch: string, state: 'open' | 'closed') => {
    const query = { state, sort: 'recentupdate', base_branch: branch, limit: PAGE } as const;
    const all = await ask(repos.repoListPullRequests(...at, query));
    // Older versions do not know the question.
    return all.map(pullRequestOf).filter(({ baseBranch }) => baseBranch === branch);
  };
  return {
    pullRequest: async (number) =>
      pullRequestOf(await ask(repos.repoGetPullRequest(...at, number))),
    openPullRequests: (branch) => list(branch, 'open'),
    async mergedPullRequests(branch, sinceMs) {
      const closed = await list(branch, 'closed');
      return closed.filter(({ mergedAtMs = 0 }) => mergedAtMs >= sinceMs);
    },
  };
}

function comments({
  repos,
  at,
  account,
}: Gitea): Pick<ForgeApi, 'ownComments' | 'createComment' | 'editComment' | 'deleteComment'> {
  return {
    /** Gitea lists all comments of an issue at once. Anybody can quote the marker, so the author counts, too. */
    async ownComments(number, marker) {
      const me = await account();
      const all = await ask(repos.issueGetComments(...at, number));
      return all
        .filter(({ user: author, body }) => author?.id === me && body?.startsWith(marker))
        .map(commentOf)
        .sort((a, b) => a.id - b.id);
    },
    createComment: async (number, body) =>
      commentOf(await ask(repos.issueCreateComment(...at, number, { body }))),
    editComment: async (_number, id, body) => {
      await ask(repos.issueEditComment(...at, id, { body }));
    },
    deleteComment: async (_number, id) => {
      await ask(repos.issueDeleteComment(...at, id)).catch((error: unknown) => {
        if (!(error instanceof ForgeError) || error.status !== 404) throw error;
      });
    },
  };
}

function statuses({ repos, at, statusName }: Gitea): Pick<ForgeApi, 'setStatus' | 'status'> {
  return {
    setStatus: async ({ headSha }, { state, description }) => {
      const status = { context: statusName, state, description };
      await ask(repos.repoCreateStatus(...at, headSha, status));
    },
    async status(sha) {
      const query = { sort: 'recentupdate', limit: PAGE } as const;
      const all = await ask(repos.repoListStatuses(...at, sha, query));
      const last = all
        .filter(({ context }) => context === statusName)
        .sort((a, b) => (b.id ?? 0) - (a.id ?? 0))[0];
      return last && { state: last.status as Status['state'], description: last.description ?? '' };
    },
  };
}

function notes(gitea: Gitea): ForgeApi['note'] {
  const { repos, at } = gitea;
  return async ({ number, headSha }, lineNotes) => {
    if (lineNotes.length === 0) return;
    await lookThenSend(async () => {
      const known = await noted(gitea, number);
      const fresh = lineNotes.filter(({ fingerprint }) => !known.has(noteMarker(fingerprint)));
      const comments = fresh.slice(0, MAX_NOTES).map(noteOf);
      const review = { event: 'COMMENT', commit_id: headSha, comments };
      return fresh.length === 0
        ? undefined
        : () => ask(repos.repoCreatePullReview(...at, number, review));
    });
  };
}

/** First lines of our notes on the commit as it is now. */
async function noted(gitea: Gitea, number: number): Promise<Set<string>> {
  const { repos, at, account } = gitea;
  const me = await account();
  const known = new Set<string>();
  for await (const { id = 0, user, stale } of reviewsOf(gitea, number)) {
    if (user?.id !== me || stale) continue;
    const said = await ask(repos.repoGetPullReviewComments(...at, number, id));
    for (const { body = '' } of said) known.add(body.split('\n', 1)[0] ?? '');
  }
  return known;
}

async function* reviewsOf({ repos, at }: Gitea, number: number) {
  for (let page = 1; page <= MAX_PAGES; page++) {
    const reviews = await ask(repos.repoListPullReviews(...at, number, { page, limit: PAGE }));
    yield* reviews;
    if (reviews.length < PAGE) return;
  }
}

function noteOf({ path, line, title, body, fingerprint }: LineNote) {
  const text = [noteMarker(fingerprint), `**${title}**`, '', body].join('\n');
  return { path, new_position: line, body: text };
}

function pullRequestOf(pull: GiteaPullRequest): PullRequest {
  const { number = 0, state, merged, merged_at: mergedAt, head, base } = pull;
  const { merge_base: mergeBase, merge_commit_sha: commit } = pull;
  const known = {
    number,
    headSha: head?.sha ?? '',
    baseBranch: base?.ref ?? '',
    ...(mergeBase && { mergeBase }),
  };
  if (!merged) return { ...known, state: state === 'open' ? 'open' : 'closed' };
  const mergedAtMs = Date.parse(mergedAt ?? '');
  const merge = { ...(commit && { mergedAs: commit }), ...(mergedAtMs > 0 && { mergedAtMs }) };
  return { ...known, state: 'merged', ...merge };
}

function commentOf({ id = 0, body = '' }: { id?: number; body?: string }): Comment {
  return { id, body };
}

/** The client throws its answer where it was refused, and what fetch threw where there was none. */
async function ask<T>(call: Promise<HttpResponse<T, unknown>>): Promise<T> {
  try {
    return (await call).data;
  } catch (cause) {
    const { status = 0, error, headers } = cause as GiteaRefusal;
    const why = error?.message ?? (cause instanceof Error ? cause.message : `status ${status}`);
    const limited = status === 429 || status === 503;
    const wait = limited ? waitAskedFor((name) => headers?.get(name), Date.now()) : undefined;
    throw refused('Gitea', why, { status, cause, retryAfterMs: wait });
  }
}

interface GiteaRefusal {
  readonly status?: number;
  readonly error?: { readonly message?: string };
  readonly headers?: Headers;
}
