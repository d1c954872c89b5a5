// GitLab's API: merge requests, a commit status, notes and discussions on lines.
import { Gitlab } from '@gitbeaker/rest';
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

const PAGE = 100;
const MAX_DESCRIPTION = 140;

type Client = InstanceType<typeof Gitlab>;

interface Diff {
  readonly base_sha: string;
  readonly head_sha: string;
  readonly start_sha: string;
}

/** Returns the repository's API; the token needs the scope `api`. */
export function gitlabForge({ url, token, apiUrl, signal }: ForgeAccess): ForgeApi {
  const { origin, owner, name } = placeOf(url);
  const client = new Gitlab({ host: apiUrl ?? origin, token, queryTimeout: null });
  const project = `${owner}/${name}`;
  const ask = asker(signal);
  return {
    ...mergeRequests(client, project, ask),
    ...notes(client, project, ask),
    ...statuses(client, project, ask),
  };
}

type Ask = <T>(call: Promise<T>) => Promise<T>;

function mergeRequests(client: Client, project: string, ask: Ask) {
  return {
    pullRequest: async (number: number): Promise<PullRequest> =>
      pullRequestOf(await ask(client.MergeRequests.show(project, number))),
    async openPullRequests(branch: string): Promise<PullRequest[]> {
      const query = {
        projectId: project,
        targetBranch: branch,
        state: 'opened',
        perPage: PAGE,
        maxPages: 1,
      } as const;
      return (await ask(client.MergeRequests.all(query))).map(pullRequestOf);
    },
  };
}

function pullRequestOf(request: object): PullRequest {
  const { iid, state, sha, target_branch, diff_refs, merge_commit_sha, squash_commit_sha } =
    request as {
      iid: number;
      state: string;
      sha: string;
      target_branch: string;
      diff_refs?: Diff | null;
      merge_commit_sha?: string | null;
      squash_commit_sha?: string | null;
    };
  const mergedAs = merge_commit_sha ?? squash_commit_sha ?? sha;
  return {
    number: iid,
    state: state === 'merged' ? 'merged' : state === 'opened' ? 'open' : 'closed',
    headSha: sha,
    baseBranch: target_branch,
    ...(diff_refs?.base_sha && { mergeBase: diff_refs.base_sha }),
    ...(state === 'merged' && { mergedAs }),
  };
}

function notes(client: Client, project: string, ask: Ask) {
  return {
    async ownComment(number: number, marker: string): Promise<Comment | undefined> {
      const { id: me } = await ask(client.Users.showCurrentUser());
      const options = { sort: 'asc', orderBy: 'created_at', perPage: PAGE } as const;
      const all = await ask(client.MergeRequestNotes.all(project, number, options));
      const own = all.find(({ author, body }) => author.id === me && body.startsWith(marker));
      return own && { id: own.id, body: own.body };
    },
    async createComment(number: number, body: string): Promise<Comment> {
      return { id: (await ask(client.MergeRequestNotes.create(project, number, body))).id, body };
    },
    async editComment(number: number, id: number, body: string): Promise<void> {
      await ask(client.MergeRequestNotes.edit(project, number, id, { body }));
    },
    async note({ number }: PullRequest, lineNotes: readonly LineNote[]): Promise<void> {
      const discussions = await ask(client.MergeRequestDiscussions.all(project, number));
      const bodies = discussions.flatMap(({ notes: all }) => (all ?? []) as { body: string }[]);
      const known = new Set(bodies.flatMap(({ body }) => body.split('\n', 1)));
      const fresh = lineNotes.filter(({ fingerprint }) => !known.has(noteMarker(fingerprint)));
      if (fresh.length === 0) return;
      const { diff_refs: refs } = (await ask(client.MergeRequests.show(project, number))) as {
        diff_refs: Diff;
      };
      for (const each of fresh) await discuss(client, { project, number, refs, note: each }, ask);
    },
  };
}

interface Remark {
  readonly project: string;
  readonly number: number;
  readonly refs: Diff;
  readonly note: LineNote;
}

/** A line outside the diff is refused; such a note stands in the comment alone. */
async function discuss(
  client: Client,
  { project, number, refs, note }: Remark,
  ask: Ask,
): Promise<void> {
  const body = [noteMarker(note.fingerprint), `**${note.title}**`, '', note.body].join('\n');
  const position = {
    baseSha: refs.base_sha,
    headSha: refs.head_sha,
    startSha: refs.start_sha,
    positionType: 'text',
    newPath: note.path,
    oldPath: note.path,
    newLine: String(note.line),
  } as const;
  const call = client.MergeRequestDiscussions.create(project, number, body, { position });
  await ask<unknown>(call).catch((error: ForgeError) => {
    if (error.status !== 400) throw error;
  });
}

const STATE = {
  pending: 'running',
  success: 'success',
  failure: 'failed',
  error: 'failed',
} as const;

function statuses(
  client: Client,
  project: string,
  ask: Ask,
): Pick<ForgeApi, 'setStatus' | 'status'> {
  return {
    async setStatus(sha, { state, description }) {
      const options = { name: STATUS_NAME, description: description.slice(0, MAX_DESCRIPTION) };
      await ask<unknown>(client.Commits.editStatus(project, sha, STATE[state], options)).catch(
        (error: ForgeError) => {
          // GitLab refuses to set the state that stands already.
          if (error.status !== 400 || !/transition/i.test(error.message)) throw error;
        },
      );
    },
    async status(sha) {
      const all = await ask(client.Commits.allStatuses(project, sha, { name: STATUS_NAME }));
      const [last] = all as { status: string; description?: string | null }[];
      return last && { state: stateOf(last.status), description: last.description ?? '' };
    },
  };
}

function stateOf(status: string): Status['state'] {
  if (status === 'success') return 'success';
  return status === 'failed' ? 'failure' : 'pending';
}

/** The client takes no signal, so the wait ends with it. */
function asker(signal: AbortSignal): Ask {
  return async (call) => {
    try {
      signal.throwIfAborted();
      const { promise, reject } = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      return await Promise.race([call, promise]);
    } catch (cause) {
      const { cause: inner, message } = cause as {
        cause?: { response?: { status?: number }; description?: string };
        message?: string;
      };
      const why = inner?.description ?? message;
      throw new ForgeError(`GitLab refused: ${why}`, {
        status: inner?.response?.status ?? 0,
        cause,
      });
    }
  };
}
