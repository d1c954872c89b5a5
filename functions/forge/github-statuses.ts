// For tokens of people: GitHub lets them write no check runs.
import {
  type ForgeApi,
  type LineNote,
  noteMarker,
  type PullRequest,
  type Status,
} from './forge-api.ts';
import { ask, type Github, itemsOf, PAGE, UNREPEATED } from './github-client.ts';
import { lookThenSend } from './look-then-send.ts';

/** GitHub takes this many comments of one review well. */
const MAX_NOTES = 30;
const MAX_PAGES = 10;
/** GitHub shows at most 3,000 files of a pull request. */
const MAX_FILE_PAGES = 30;

/** Returns the part of the API that says verdicts, by a commit status and comments on lines. */
export function statusesOf(github: Github): Pick<ForgeApi, 'setStatus' | 'status' | 'note'> {
  const { client, repository, statusName } = github;
  return {
    async setStatus({ headSha: sha }, { state, description }) {
      const path = 'POST /repos/{owner}/{repo}/statuses/{sha}';
      const status = { state, context: statusName, description };
      await ask(client.request(path, { ...repository, sha, ...status }));
    },
    async status(sha) {
      const path = 'GET /repos/{owner}/{repo}/commits/{ref}/status';
      const { statuses } = await ask(
        client.request(path, { ...repository, ref: sha, per_page: PAGE }),
      );
      const found = statuses.find(({ context }) => context === statusName);
      return (
        found && { state: found.state as Status['state'], description: found.description ?? '' }
      );
    },
    async note(pullRequest, notes) {
      if (notes.length === 0) return;
      await lookThenSend(async () => {
        const missing = await missingOf(notes, github, pullRequest);
        return missing.length === 0 ? undefined : () => review(github, pullRequest, missing);
      });
    },
  };
}

/** Returns the notes that are not there yet, of those that fit, as many as one review takes. */
async function missingOf(
  notes: readonly LineNote[],
  github: Github,
  pullRequest: PullRequest,
): Promise<LineNote[]> {
  const known = await noted(github, pullRequest);
  const fresh = notes.filter(({ fingerprint }) => !known.has(noteMarker(fingerprint)));
  const shown = await linesShown(github, pullRequest, new Set(fresh.map(({ path }) => path)));
  // GitHub refuses a whole review for one line outside the diff.
  const fitting = fresh.filter(({ path, line }) =>
    shown.get(path)?.some(([first, last]) => first <= line && line <= last),
  );
  return fitting.slice(0, MAX_NOTES);
}

/** First lines of our comments that still stand on a line; those on lines that have changed since have none. */
async function noted(
  { client, repository, account }: Github,
  { number }: PullRequest,
): Promise<Set<string>> {
  const path = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/comments';
  const query = { ...repository, pull_number: number, per_page: PAGE };
  const list = (page: number) => ask(client.request(path, { ...query, page }));
  const me = await account();
  const known = new Set<string>();
  for await (const { user, line, body } of itemsOf(MAX_PAGES, list)) {
    if (user?.id === me && line) known.add(body.split('\n', 1)[0] ?? '');
  }
  return known;
}

type Range = readonly [first: number, last: number];

/** Lines of the head that the diff shows, by path. */
async function linesShown(
  { client, repository }: Github,
  { number }: PullRequest,
  paths: ReadonlySet<string>,
): Promise<Map<string, Range[]>> {
  const path = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files';
  const query = { ...repository, pull_number: number, per_page: PAGE };
  const list = (page: number) => ask(client.request(path, { ...query, page }));
  const shown = new Map<string, Range[]>();
  for await (const { filename, patch = '' } of itemsOf(MAX_FILE_PAGES, list)) {
    if (paths.has(filename)) shown.set(filename, rangesOf(patch));
    if (shown.size === paths.size) break;
  }
  return shown;
}

/** Reads the heads of the hunks: `@@ -1,5 +1,6 @@`. */
function rangesOf(patch: string): Range[] {
  return [...patch.matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm)].map(([, start, length = '1']) => [
    Number(start),
    Number(start) + Number(length) - 1,
  ]);
}

async function review(
  { client, repository }: Github,
  { number, headSha }: PullRequest,
  notes: readonly LineNote[],
): Promise<void> {
  const comments = notes.map(({ path, line, title, body, fingerprint }) => ({
    path,
    line,
    side: 'RIGHT',
    body: [noteMarker(fingerprint), `**${title}**`, '', body].join('\n'),
  }));
  const path = 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews';
  const content = { commit_id: headSha, event: 'COMMENT', comments } as const;
  const where = { ...repository, pull_number: number, request: UNREPEATED };
  await ask(client.request(path, { ...where, ...content }));
}
