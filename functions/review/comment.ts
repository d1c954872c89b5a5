// The one comment of a group of sources on a pull request, whoever of many functions writes it.
import type { Place, Report } from '../../gitops/review/report.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import { type Comment, type ForgeApi, placeOf } from '../forge/forge-api.ts';
import { lookThenSend } from '../forge/look-then-send.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { keepingEnding } from './ending-block.ts';
import { MARKER_BEGIN, markerOf } from './names.ts';
import { commandsFor } from './reproduce.ts';
import type { ReviewedSource } from './sources.ts';

/** Sources that share a comment; the first one's name stands in it. */
export type Authors = readonly [ReviewedSource, ...ReviewedSource[]];

/** What the comment is to say. */
export interface Wanted {
  readonly body: string;
  /** Says nothing where nothing was said before. */
  readonly onlyEdit: boolean;
}

/** Returns the comment that a report on a pull request asks for: silence where there is nothing to say. */
export function commentOf(authors: Authors, report: Report, number: number): Wanted {
  const [{ source }] = authors;
  const linkTo = linker(source, report);
  const reproduce = commandsFor(authors, report, number);
  const body = renderMarkdown(report, { marker: markerOf(source), linkTo, reproduce });
  return { body, onlyEdit: report.conclusion === 'unchanged' };
}

/** Returns their comments, the oldest first: also one that another of them was the first to write. */
export async function commentsOf(authors: Authors, number: number): Promise<Comment[]> {
  const markers = new Set(authors.map(({ source }) => markerOf(source)));
  const own = await authors[0].forge.ownComments(number, MARKER_BEGIN);
  return own.filter(({ body }) => markers.has(body.split('\n', 1)[0]?.trim() ?? ''));
}

/**
 * Has the one comment of these sources say it. Two functions may make one at once: each looks again after it has, keeps
 * the oldest and deletes the others.
 */
export async function putComment(
  authors: Authors,
  number: number,
  { body, onlyEdit }: Wanted,
): Promise<void> {
  const { forge } = authors[0];
  let found: readonly Comment[] = [];
  await lookThenSend(async () => {
    found = await commentsOf(authors, number);
    return found.length > 0 || onlyEdit ? undefined : () => forge.createComment(number, body);
  });
  if (found.length === 0 && onlyEdit) return;
  const [oldest, ...younger] = found.length > 0 ? found : await commentsOf(authors, number);
  const wanted = keepingEnding(body, oldest?.body ?? '');
  if (oldest && oldest.body !== wanted) await forge.editComment(number, oldest.id, wanted);
  await deleteAll(forge, number, younger);
}

async function deleteAll(
  forge: ForgeApi,
  number: number,
  comments: readonly Comment[],
): Promise<void> {
  for (const { id } of comments) await forge.deleteComment(number, id);
}

/** Addresses of files at the very commits that were compared. */
function linker({ spec }: WebAppSource, { base, head }: Report) {
  const { origin, owner, name } = placeOf(spec.url);
  const folder = { github: 'blob', gitlab: '-/blob', gitea: 'src/commit' }[
    spec.review?.forge ?? 'github'
  ];
  return ({ path, line }: Place, side: 'base' | 'head') => {
    const file = path.split('/').map(encodeURIComponent).join('/');
    return `${origin}/${owner}/${name}/${folder}/${side === 'base' ? base : head}/${file}#L${line}`;
  };
}
