import { type Comment, ForgeError } from './forge-api.ts';
import { ask, type GithubClient, PAGE, type Repository } from './github-client.ts';

const MAX_PAGES = 10;

/** Returns the part of the API that keeps one comment on a pull request. */
export function commentsOf(client: GithubClient, repository: Repository) {
  return {
    /** A token knows its own comments by `viewerDidAuthor`; REST tells that to nobody, so the author is compared. */
    async ownComment(number: number, marker: string): Promise<Comment | undefined> {
      const author = await authorOf(client);
      for (let page = 1; page <= MAX_PAGES; page++) {
        const path = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
        const asked = client.request(path, {
          ...repository,
          issue_number: number,
          per_page: PAGE,
          page,
        });
        const comments = await ask(asked);
        const own = comments.find(({ body, user, performed_via_github_app: app }) => {
          const mine = author.app ? user?.type === 'Bot' && app !== null : user?.id === author.id;
          return mine && body?.startsWith(marker);
        });
        if (own || comments.length < PAGE)
          return own && { id: Number(own.id), body: own.body ?? '' };
      }
      return undefined;
    },
    async createComment(number: number, body: string): Promise<Comment> {
      const path = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
      const made = await ask(client.request(path, { ...repository, issue_number: number, body }));
      return { id: Number(made.id), body };
    },
    async editComment(_number: number, id: number, body: string): Promise<void> {
      const path = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
      await ask(client.request(path, { ...repository, comment_id: id, body }));
    },
  };
}

/** An App's installation has no user; GitHub refuses it this question. */
async function authorOf(client: GithubClient): Promise<{ app: boolean; id: number }> {
  try {
    return { app: false, id: Number((await ask(client.request('GET /user'))).id) };
  } catch (error) {
    if (error instanceof ForgeError && error.status === 403) return { app: true, id: 0 };
    throw error;
  }
}
