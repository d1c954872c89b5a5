// GitHub's API: a check run where a GitHub App asks, a commit status and review comments for any other token.
import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { type ForgeAccess, type ForgeApi, type PullRequest, placeOf } from './forge-api.ts';
import { checkRuns } from './github-checks.ts';
import { ask, type GithubClient, PAGE, type Repository } from './github-client.ts';
import { commentsOf } from './github-comments.ts';
import { statusesOf } from './github-statuses.ts';

/** Returns the repository's API. An installation token (ghs_) writes check runs, others statuses. */
export function githubForge({ url, token, apiUrl, signal }: ForgeAccess): ForgeApi {
  const { origin, owner, name } = placeOf(url);
  const baseUrl =
    apiUrl ?? (origin === 'https://github.com' ? 'https://api.github.com' : `${origin}/api/v3`);
  const Client = Octokit.plugin(retry);
  const client = new Client({ auth: token, baseUrl, request: { signal, retries: 2 } });
  const repository = { owner, repo: name };
  const comments = commentsOf(client, repository);
  const verdicts = token.startsWith('ghs_')
    ? checkRuns(client, repository)
    : statusesOf(client, repository);
  return {
    ...pullRequestsOf(client, repository),
    ...comments,
    ...verdicts,
  };
}

type GithubPull = {
  number: number;
  state: string;
  merged_at?: string | null;
  merge_commit_sha?: string | null;
  head: { sha: string };
  base: { ref: string; sha: string };
};

function pullRequestsOf(client: GithubClient, repository: Repository) {
  const mergeBase = async ({ base, head }: GithubPull) => {
    const basehead = `${base.sha}...${head.sha}`;
    const compared = client.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...repository,
      basehead,
      per_page: 1,
    });
    return (await ask(compared)).merge_base_commit.sha;
  };
  return {
    async pullRequest(number: number): Promise<PullRequest> {
      const asked = client.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
        ...repository,
        pull_number: number,
      });
      const pull = await ask(asked);
      return { ...pullRequestOf(pull), mergeBase: await mergeBase(pull) };
    },
    async openPullRequests(branch: string): Promise<PullRequest[]> {
      const asked = client.request('GET /repos/{owner}/{repo}/pulls', {
        ...repository,
        base: branch,
        state: 'open',
        sort: 'updated',
        direction: 'desc',
        per_page: PAGE,
      });
      return (await ask(asked)).map(pullRequestOf);
    },
  };
}

function pullRequestOf({
  number,
  state,
  merged_at,
  merge_commit_sha,
  head,
  base,
}: GithubPull): PullRequest {
  const merged = merged_at !== null && merged_at !== undefined;
  return {
    number,
    state: merged ? 'merged' : state === 'open' ? 'open' : 'closed',
    headSha: head.sha,
    baseBranch: base.ref,
    ...(merged && merge_commit_sha && { mergedAs: merge_commit_sha }),
  };
}
