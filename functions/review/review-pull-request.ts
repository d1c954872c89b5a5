// The review of one pull request: pending at once, then one comment, one status on the exact commit, notes on lines.

import type { Cluster } from '../../gitops/cluster.ts';
import { messageOf } from '../../gitops/errors.ts';
import { sha256 } from '../../gitops/io/digest.ts';
import { assemble } from '../../gitops/review/assemble.ts';
import type { Place, Report } from '../../gitops/review/report.ts';
import { type ReviewScope, reviewScope } from '../../gitops/review/review.ts';
import type { Commits } from '../../gitops/review/trees.ts';
import type { Context } from '../context.ts';
import type { ForgeApi, LineNote, PullRequest, Status } from '../forge/forge-api.ts';
import { placeOf } from '../forge/forge-api.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { code, plain } from '../report/markdown-text.ts';
import { verdict, WORD } from '../report/words.ts';
import { VERSION } from '../version.ts';
import type { ReviewedSource } from './sources.ts';

/** How our comment begins; with its author that is how it is found again. */
export const MARKER = '<!-- webapp-review -->';

/** All sources of one repository and branch. */
export interface ReviewRequest {
  readonly pullRequest: PullRequest;
  readonly sources: readonly [ReviewedSource, ...ReviewedSource[]];
}

export interface ReviewSurroundings {
  readonly context: Context;
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
}

/** Reviews the head of the pull request and tells the forge. Returns the report; throws when the forge cannot be told. */
export async function reviewPullRequest(
  request: ReviewRequest,
  world: ReviewSurroundings,
): Promise<Report> {
  const { pullRequest, sources } = request;
  const { headSha } = pullRequest;
  const { forge } = sources[0];
  await forge.setStatus(headSha, { state: 'pending', description: 'Policy review is under way' });
  try {
    const report = await reportOf(request, world);
    // Somebody pushed meanwhile: their webhook brings the review of what is there now.
    const now = await forge.pullRequest(pullRequest.number);
    if (now.headSha === headSha) await comment(forge, request, report);
    await forge.note(pullRequest, notesOf(report));
    await forge.setStatus(headSha, statusOf(report));
    return report;
  } catch (error) {
    const description = `Could not review: ${messageOf(error)}`;
    await forge.setStatus(headSha, { state: 'error', description });
    throw error;
  }
}

async function reportOf(
  { pullRequest, sources }: ReviewRequest,
  { context, cluster, signal }: ReviewSurroundings,
): Promise<Report> {
  const [{ source, credentials }] = sources;
  const { url, branch, review } = source.spec;
  const asked = { url, branch, signal, ...(credentials && { credentials }) };
  const namespace = review?.forge === 'gitlab' ? 'merge-requests' : 'pull';
  const { number, mergeBase, headSha } = pullRequest;
  const { repositories, policies, clock } = context;
  const base = await repositories.tree(asked);
  const head = await repositories.tree({
    ...asked,
    pullRequest: { number, namespace },
    commit: headSha,
  });
  const fork = mergeBase && (await repositories.tree({ ...asked, commit: mergeBase }));
  const commits: Commits = { base, head, ...(fork && { mergeBase: fork }) };
  const world = { policies, now: clock.now() };
  const reviews = [];
  for (const one of sources) {
    reviews.push(await reviewScope(commits, await scopeOf(one, context, cluster), world));
  }
  return assemble(reviews, {
    base: base.commit,
    head: head.commit,
    toolVersion: VERSION,
    hash: sha256,
  });
}

async function scopeOf(
  { source }: ReviewedSource,
  { policies }: Context,
  cluster: Cluster,
): Promise<ReviewScope> {
  const { namespace = '' } = source.metadata;
  const { path, policies: own } = source.spec;
  const inForce = await policies.inNamespace(cluster, namespace);
  return { namespace, path, ...(own && { policies: own.path }), cluster: inForce };
}

/** Silent where there is nothing to say and nothing was said before. */
async function comment(
  forge: ForgeApi,
  { pullRequest, sources }: ReviewRequest,
  report: Report,
): Promise<void> {
  const { number } = pullRequest;
  const body = renderMarkdown(report, { marker: MARKER, linkTo: linker(sources[0], report) });
  const before = await forge.ownComment(number, MARKER);
  if (before?.body === body) return;
  if (before) return forge.editComment(number, before.id, body);
  if (report.conclusion !== 'unchanged') await forge.createComment(number, body);
}

/** Addresses of files at the very commits that were compared. */
function linker({ source }: ReviewedSource, { base, head }: Report) {
  const { origin, owner, name } = placeOf(source.spec.url);
  const folder = { github: 'blob', gitlab: '-/blob', gitea: 'src/commit' }[
    source.spec.review?.forge ?? 'github'
  ];
  return ({ path, line }: Place, side: 'base' | 'head') => {
    const file = path.split('/').map(encodeURIComponent).join('/');
    return `${origin}/${owner}/${name}/${folder}/${side === 'base' ? base : head}/${file}#L${line}`;
  };
}

const STATE: Readonly<Record<Report['conclusion'], Status['state']>> = {
  denied: 'failure',
  'cannot-judge': 'error',
  warned: 'success',
  passed: 'success',
  unchanged: 'success',
};

function statusOf(report: Report): Status {
  return { state: STATE[report.conclusion], description: verdict(report) };
}

const NOTE_LEVEL = { deny: 'failure', error: 'failure', warn: 'warning', audit: 'notice' } as const;

function notesOf({ findings }: Report): LineNote[] {
  return findings.flatMap(
    ({ place, level, message, policy, fingerprint, expression }): LineNote[] => {
      if (place === undefined) return [];
      const rule = expression === undefined ? [] : ['', code(expression)];
      return [
        {
          path: place.path,
          line: place.line,
          column: { start: place.column, end: place.endColumn },
          level: NOTE_LEVEL[level],
          title: `${WORD[level]}${policy ? `: ${policy.name}` : ''}`,
          body: [plain(message), ...rule].join('\n'),
          fingerprint,
        },
      ];
    },
  );
}
