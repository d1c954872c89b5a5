import type { Comment, ForgeApi } from './forge-api.ts';
import { ForgeError } from './forge-error.ts';
import { ask, type Github, itemsOf, PAGE, UNREPEATED } from './github-client.ts';

const MAX_PAGES = 10;

type Comments = Pick<ForgeApi, 'ownComments' | 'createComment' | 'editComment' | 'deleteComment'>;

/** Returns the part of the API that keeps one comment on a pull request. */
export function commentsOf({ client, repository, account }: Github): Comments {
  const one = (comment_id: number) => ({ ...repository, comment_id });
  const list = (issue_number: number) => (page: number) => {
    const path = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
    return ask(client.request(path, { ...repository, issue_number, per_page: PAGE, page }));
  };
  return {
    /** Anybody can quote the marker, so the author counts, too. GitHub lists the oldest first. */
    async ownComments(number, marker) {
      const me = await account();
      const own: Comment[] = [];
      for await (const { id, body, user } of itemsOf(MAX_PAGES, list(number))) {
        if (user?.id === me && body?.startsWith(marker)) own.push({ id: Number(id), body });
      }
      return own;
    },
    async createComment(number, body) {
      const path = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
      const content = { ...repository, issue_number: number, body, request: UNREPEATED };
      const made = await ask(client.request(path, content));
      return { id: Number(made.id), body };
    },
    async editComment(_number, id, body) {
      const path = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
      await ask(client.request(path, { ...one(id), body }));
    },
    async deleteComment(_number, id) {
      const path = 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}';
      await ask(client.request(path, one(id))).catch(unlessGone);
    },
  };
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ForgeError) || error.status !== 404) throw error;
}
