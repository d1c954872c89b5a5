// Gitea's API (and Forgejo's, which speaks the same).
import { type PullRequest as GiteaPullRequest, giteaApi, type HttpResponse } from 'gitea-js';
import {
  type Comment,
  type ForgeAccess,
  type ForgeApi,
  ForgeError,
  type LineNote,
  noteMarker,
  type PullRequest,
  placeOf,
  STATUS_NAME,
  type Status,
} from './forge-api.ts';

const PAGE = 50;
const MAX_PAGES = 20;
const MAX_DESCRIPTION = 140;

/** Returns the repository's API; the token needs write:issue and write:repository. */
export function giteaForge({ url, token, apiUrl, signal }: ForgeAccess): ForgeApi {
  const { origin, owner, name } = placeOf(url);
  const customFetch: typeof fetch = (input, init) => fetch(input, { ...init, signal });
  const { repos, user } = giteaApi(apiUrl ?? origin, { token, customFetch });
  const me = once(() => ask(user.userGetCurrent()));

  async function noted(number: number): Promise<Set<string>> {
    const reviews = await ask(repos.repoListPullReviews(owner, name, number, { limit: PAGE }));
    const mine = await me();
    const own = reviews.filter((review) => review.user?.id === mine.id && !review.stale);
    const comments = await Promise.all(
      own.map(({ id = 0 }) => ask(repos.repoGetPullReviewComments(owner, name, number, id))),
    );
    return new Set(comments.flat().flatMap(({ body = '' }) => body.split('\n', 1)));
  }

  return {
    pullRequest: async (number) =>
      pullRequestOf(await ask(repos.repoGetPullRequest(owner, name, number))),
    async openPullRequests(branch) {
      const query = { state: 'open', sort: 'recentupdate', limit: PAGE } as const;
      const all = await ask(repos.repoListPullRequests(owner, name, query));
      return all.map(pullRequestOf).filter(({ baseBranch }) => baseBranch === branch);
    },
    async ownComment(number, marker) {
      const { id: mine } = await me();
      for (let page = 1; page <= MAX_PAGES; page++) {
        const query = { page, limit: PAGE } as object;
        const comments = await ask(repos.issueGetComments(owner, name, number, query));
        const found = comments.find(
          ({ user: author, body }) => author?.id === mine && body?.startsWith(marker),
        );
        if (found || comments.length < PAGE) return found && commentOf(found);
      }
      return undefined;
    },
    createComment: async (number, body) =>
      commentOf(await ask(repos.issueCreateComment(owner, name, number, { body }))),
    editComment: async (_number, id, body) => {
      await ask(repos.issueEditComment(owner, name, id, { body }));
    },
    setStatus: async (sha, { state, description }) => {
      const text = description.slice(0, MAX_DESCRIPTION);
      const status = { context: STATUS_NAME, state, description: text };
      await ask(repos.repoCreateStatus(owner, name, sha, status));
    },
    async status(sha) {
      const all = await ask(repos.repoListStatuses(owner, name, sha, { sort: 'recentupdate' }));
      const last = all
        .filter(({ context }) => context === STATUS_NAME)
        .sort((a, b) => (b.id ?? 0) - (a.id ?? 0))[0];
      return last && { state: last.status as Status['state'], description: last.description ?? '' };
    },
    async note({ number, headSha }, notes) {
      const known = await noted(number);
      const fresh = notes.filter(({ fingerprint }) => !known.has(noteMarker(fingerprint)));
      if (fresh.length === 0) return;
      const comments = fresh.map(noteOf);
      const review = { event: 'COMMENT', commit_id: headSha, comments };
      await ask(repos.repoCreatePullReview(owner, name, number, review));
    },
  };
}

function noteOf({ path, line, title, body, fingerprint }: LineNote) {
  const text = [noteMarker(fingerprint), `**${title}**`, '', body].join('\n');
  return { path, new_position: line, body: text };
}

function pullRequestOf(pull: GiteaPullRequest): PullRequest {
  const { number = 0, state, merged, head, base, merge_base, merge_commit_sha } = pull;
  return {
    number,
    state: merged ? 'merged' : state === 'open' ? 'open' : 'closed',
    headSha: head?.sha ?? '',
    baseBranch: base?.ref ?? '',
    ...(merge_base && { mergeBase: merge_base }),
    ...(merged && merge_commit_sha && { mergedAs: merge_commit_sha }),
  };
}

function commentOf({ id = 0, body = '' }: { id?: number; body?: string }): Comment {
  return { id, body };
}

/** The client throws its answer where it was refused, and what fetch threw where there was none. */
async function ask<T>(call: Promise<HttpResponse<T, unknown>>): Promise<T> {
  try {
    return (await call).data;
  } catch (cause) {
    const { status = 0, error } = cause as { status?: number; error?: { message?: string } };
    const why = error?.message ?? (cause instanceof Error ? cause.message : `status ${status}`);
    throw new ForgeError(`Gitea refused: ${why}`, { status, cause });
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
