// GitLab's API: merge requests, a commit status, notes and discussions on lines.
import type { Comment, ForgeAccess, ForgeApi, PullRequest, Status } from './forge-api.ts';
import { ForgeError } from './forge-error.ts';
import { type GitlabProject, gitlabOf } from './gitlab-client.ts';
import { lineNotes } from './gitlab-notes.ts';

const PAGE = 100;
const MAX_PAGES = 20;
const MAX_MERGED = 50;

/** Returns the repository's API; the token needs the scope `api`. */
export function gitlabForge(access: ForgeAccess): ForgeApi {
  const gitlab = gitlabOf(access);
  return {
    ...mergeRequests(gitlab),
    ...comments(gitlab),
    ...statuses(gitlab),
    note: lineNotes(gitlab),
  };
}

function mergeRequests({
  client,
  project,
}: GitlabProject): Pick<ForgeApi, 'pullRequest' | 'openPullRequests' | 'mergedPullRequests'> {
  const list = async (query: object, perPage: number) => {
    const page = { perPage, maxPages: 1, orderBy: 'updated_at', sort: 'desc' } as const;
    const all = await client.MergeRequests.all({ projectId: project, ...page, ...query });
    return all.map(pullRequestOf);
  };
  return {
    pullRequest: async (number) => pullRequestOf(await client.MergeRequests.show(project, number)),
    openPullRequests: (branch) => list({ targetBranch: branch, state: 'opened' }, PAGE),
    async mergedPullRequests(branch, sinceMs) {
      const updatedAfter = new Date(sinceMs).toISOString();
      const query = { targetBranch: branch, state: 'merged', updatedAfter };
      const merged = await list(query, MAX_MERGED);
      return merged.filter(({ mergedAtMs = 0 }) => mergedAtMs >= sinceMs);
    },
  };
}

interface MergeRequest {
  iid: number;
  state: string;
  sha: string;
  source_branch: string;
  target_branch: string;
  source_project_id?: number;
  target_project_id?: number;
  diff_refs?: { base_sha?: string } | null;
  head_pipeline?: { ref?: string; sha?: string } | null;
  merged_at?: string | null;
  merge_commit_sha?: string | null;
  squash_commit_sha?: string | null;
}

function pullRequestOf(request: object): PullRequest {
  const found = request as MergeRequest;
  const { iid, state, sha, target_branch: baseBranch, diff_refs: refs } = found;
  const mergeBase = refs?.base_sha;
  const known = {
    number: iid,
    headSha: sha,
    baseBranch,
    statusRef: statusRef(found),
    ...(mergeBase && { mergeBase }),
  };
  if (state !== 'merged') return { ...known, state: state === 'opened' ? 'open' : 'closed' };
  // A fast-forward makes no commit of its own.
  const mergedAs = found.merge_commit_sha ?? found.squash_commit_sha ?? sha;
  const mergedAtMs = Date.parse(found.merged_at ?? '');
  return { ...known, state: 'merged', mergedAs, ...(mergedAtMs > 0 && { mergedAtMs }) };
}

/** A status belongs to a pipeline, which is found by its ref; the commits of a fork are on no branch of the project. */
function statusRef(found: MergeRequest): string {
  const { sha, head_pipeline: pipeline, iid, source_branch: branch } = found;
  if (pipeline?.sha === sha && pipeline.ref) return pipeline.ref;
  return found.source_project_id === found.target_project_id
    ? branch
    : `refs/merge-requests/${iid}/head`;
}

function comments({
  client: { MergeRequestNotes },
  project,
  account,
}: GitlabProject): Pick<
  ForgeApi,
  'ownComments' | 'createComment' | 'editComment' | 'deleteComment'
> {
  return {
    /** Anybody can quote the marker, so the author counts, too. */
    async ownComments(number, marker) {
      const me = await account();
      const order = { sort: 'asc', orderBy: 'created_at' } as const;
      const options = { ...order, perPage: PAGE, maxPages: MAX_PAGES };
      const all = await MergeRequestNotes.all(project, number, options);
      return all
        .filter(({ author, body }) => author.id === me && body.startsWith(marker))
        .map(({ id, body }): Comment => ({ id, body }));
    },
    createComment: async (number, body) => ({
      id: (await MergeRequestNotes.create(project, number, body)).id,
      body,
    }),
    async editComment(number, id, body) {
      await MergeRequestNotes.edit(project, number, id, { body });
    },
    async deleteComment(number, id) {
      await MergeRequestNotes.remove(project, number, id).catch((error: unknown) => {
        if (!(error instanceof ForgeError) || error.status !== 404) throw error;
      });
    },
  };
}

const STATE = {
  pending: 'running',
  success: 'success',
  failure: 'failed',
  error: 'failed',
} as const;

function statuses({
  client: { Commits },
  project,
  statusName,
}: GitlabProject): Pick<ForgeApi, 'setStatus' | 'status'> {
  return {
    async setStatus({ headSha, statusRef: ref }, { state, description }) {
      const options = { name: statusName, description, ...(ref && { ref }) };
      const call: Promise<unknown> = Commits.editStatus(project, headSha, STATE[state], options);
      await call.catch((error: unknown) => {
        // One that is running already cannot begin to run.
        const begun = state === 'pending' && error instanceof ForgeError && error.status === 400;
        if (!begun || !/transition/i.test(error.message)) throw error;
      });
    },
    async status(sha) {
      const all = await Commits.allStatuses(project, sha, { name: statusName });
      const last = (all as GitlabStatus[]).sort((a, b) => b.id - a.id)[0];
      return last && { state: stateOf(last.status), description: last.description ?? '' };
    },
  };
}

interface GitlabStatus {
  readonly id: number;
  readonly status: string;
  readonly description?: string | null;
}

function stateOf(status: string): Status['state'] {
  if (status === 'success') return 'success';
  return status === 'failed' ? 'failure' : 'pending';
}
