import { type ForgeApi, type LineNote, noteMarker } from './forge-api.ts';
import { ForgeError } from './forge-error.ts';
import type { GitlabProject } from './gitlab-client.ts';
import { lookThenSend } from './look-then-send.ts';

const PAGE = 100;
const MAX_PAGES = 10;
/** Each is a request, and a mail to whoever takes part. */
const MAX_NOTES = 20;

interface DiffRefs {
  readonly base_sha: string;
  readonly head_sha: string;
  readonly start_sha: string;
}

/** Returns the part of the API that puts notes on lines, as discussions. */
export function lineNotes(gitlab: GitlabProject): ForgeApi['note'] {
  const { client, project } = gitlab;
  return async ({ number, headSha }, notes) => {
    if (notes.length === 0) return;
    await lookThenSend(async () => {
      const known = await noted(gitlab, number);
      const fresh = notes.filter(({ fingerprint }) => !known.has(noteMarker(fingerprint)));
      const { diff_refs: refs } = (await client.MergeRequests.show(project, number)) as {
        diff_refs?: DiffRefs | null;
      };
      // GitLab prepares the diff after it has told of the push; places in another one are of no use.
      if (refs?.head_sha !== headSha) return undefined;
      return async () => {
        for (const note of fresh.slice(0, MAX_NOTES)) await discuss(gitlab, { number, refs, note });
      };
    });
  };
}

async function noted(
  { client, project, account }: GitlabProject,
  number: number,
): Promise<Set<string>> {
  const me = await account();
  const options = { perPage: PAGE, maxPages: MAX_PAGES };
  const discussions = await client.MergeRequestDiscussions.all(project, number, options);
  const notes = discussions.flatMap(({ notes: all }) => (all ?? []) as unknown as GitlabNote[]);
  const own = notes.filter(({ author }) => author.id === me);
  return new Set(own.flatMap(({ body }) => body.split('\n', 1)));
}

interface GitlabNote {
  readonly body: string;
  readonly author: { readonly id: number };
}

interface Remark {
  readonly number: number;
  readonly refs: DiffRefs;
  readonly note: LineNote;
}

/** A line outside the diff is refused; such a note stands in the comment alone. */
async function discuss({ client, project }: GitlabProject, { number, refs, note }: Remark) {
  const body = [noteMarker(note.fingerprint), `**${note.title}**`, '', note.body].join('\n');
  const { base_sha, head_sha, start_sha } = refs;
  const position = {
    ...{ base_sha, head_sha, start_sha, position_type: 'text' },
    ...{ new_path: note.path, old_path: note.path, new_line: note.line },
  };
  // The library's own call makes a form of it and cuts a path at an ampersand.
  const path = `${encodeURIComponent(project)}/merge_requests/${number}/discussions`;
  const { requester } = client.MergeRequestDiscussions;
  await requester.post(path, { body: { body, position } }).catch((error: unknown) => {
    if (!(error instanceof ForgeError) || error.status !== 400) throw error;
  });
}
