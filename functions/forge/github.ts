// GitHub's API: a check run where a GitHub App asks, a commit status and review comments for any other token.
import type { ForgeAccess, ForgeApi, PullRequest } from './forge-api.ts';
import { checkRuns } from './github-checks.ts';
import { ask, type Github, githubOf, PAGE } from './github-client.ts';
import { commentsOf } from './github-comments.ts';
import { statusesOf } from './github-statuses.ts';

const MAX_MERGED = 50;

/** Returns the repository's API. An App, or a token of its installation (ghs_), writes check runs, others statuses. */
export function githubForge(access: ForgeAccess): ForgeApi {
  const github = githubOf(access);
  return {
    ...pullRequestsOf(github),
    ...commentsOf(github),
    ...(github.isApp ? checkRuns(github) : statusesOf(github)),
  };
}

interface GithubPull {
  number: number;
  state: string;
  merged_at?: string | null;
  merge_commit_sha?: string | null;
  head: { sha: string };
  base: { ref: string; sha: string };
}

function pullRequestsOf({
  client,
  repository,
}: Github): Pick<ForgeApi, 'pullRequest' | 'openPullRequests' | 'mergedPullRequests'> {
  const mergeBase = async ({ base, head }: GithubPull) => {
    const basehead = `${base.sha}...${head.sha}`;
    const path = 'GET /repos/{owner}/{repo}/compare/{basehead}';
    const compared = client.request(path, { ...repository, basehead, per_page: 1 });
    return (await ask(compared)).merge_base_commit.sha;
  };
  const list = async (base: string, state: 'open' | 'closed', per_page: number) => {
    const query = { ...repository, base, state, sort: 'updated', direction: 'desc' } as const;
    const pulls = await ask(
      client.request('GET /repos/{owner}/{repo}/pulls', { ...query, per_page }),
    );
    return pulls.map(pullRequestOf);
  };
  return {
    async pullRequest(number) {
      const path = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
      const pull = await ask(client.request(path, { ...repository, pull_number: number }));
      const found = pullRequestOf(pull);
      return found.state === 'open' ? { ...found, mergeBase: await mergeBase(pull) } : found;
    },
    openPullRequests: (branch) => list(branch, 'open', PAGE),
    async mergedPullRequests(branch, sinceMs) {
      const closed = await list(branch, 'closed', MAX_MERGED);
      return closed.filter(({ mergedAtMs = 0 }) => mergedAtMs >= sinceMs);
    },
  };
}

function pullRequestOf(pull: GithubPull): PullRequest {
  const { number, state, merged_at: mergedAt, merge_commit_sha: commit, head, base } = pull;
  const known = { number, headSha: head.sha, baseBranch: base.ref };
  if (!mergedAt) return { ...known, state: state === 'open' ? 'open' : 'closed' };
  const merge = { mergedAtMs: Date.parse(mergedAt), ...(commit && { mergedAs: commit }) };
  return { ...known, state: 'merged', ...merge };
}
