// For tokens of people: GitHub lets them write no check runs.
import {
  type ForgeApi,
  type ForgeError,
  type LineNote,
  noteMarker,
  STATUS_NAME,
  type Status,
} from './forge-api.ts';
import { ask, type GithubClient, PAGE, type Repository } from './github-client.ts';

const MAX_DESCRIPTION = 140;
/** GitHub takes this many comments of one review well. */
const MAX_NOTES = 30;

/** Returns the part of the API that says verdicts, by a commit status and comments on lines. */
export function statusesOf(
  client: GithubClient,
  repository: Repository,
): Pick<ForgeApi, 'setStatus' | 'status' | 'note'> {
  return {
    async setStatus(sha, { state, description }) {
      await ask(
        client.request('POST /repos/{owner}/{repo}/statuses/{sha}', {
          ...repository,
          sha,
          state,
          context: STATUS_NAME,
          description: description.slice(0, MAX_DESCRIPTION),
        }),
      );
    },
    async status(sha) {
      const path = 'GET /repos/{owner}/{repo}/commits/{ref}/status';
      const { statuses } = await ask(
        client.request(path, { ...repository, ref: sha, per_page: PAGE }),
      );
      const found = statuses.find(({ context }) => context === STATUS_NAME);
      return (
        found && { state: found.state as Status['state'], description: found.description ?? '' }
      );
    },
    async note({ number, headSha }, notes) {
      const path = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/comments';
      const there = await ask(
        client.request(path, { ...repository, pull_number: number, per_page: PAGE }),
      );
      const known = new Set(there.flatMap(({ body }) => body.split('\n', 1)));
      const fresh = notes.filter(({ fingerprint }) => !known.has(noteMarker(fingerprint)));
      await review(client, repository, { number, headSha, notes: fresh.slice(0, MAX_NOTES) });
    },
  };
}

interface Review {
  readonly number: number;
  readonly headSha: string;
  readonly notes: readonly LineNote[];
}

/** GitHub refuses a whole review for one line outside the diff; such notes stand in the comment alone. */
async function review(
  client: GithubClient,
  repository: Repository,
  { number, headSha, notes }: Review,
) {
  if (notes.length === 0) return;
  const comments = notes.map(({ path, line, title, body, fingerprint }) => ({
    path,
    line,
    side: 'RIGHT',
    body: [noteMarker(fingerprint), `**${title}**`, '', body].join('\n'),
  }));
  const asked = client.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
    ...repository,
    pull_number: number,
    commit_id: headSha,
    event: 'COMMENT',
    comments,
  });
  await ask(asked).catch((error: ForgeError) => {
    if (error.status !== 422) throw error;
  });
}
