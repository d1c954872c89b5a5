// Pull requests whose webhooks were lost: each source looks at some of its own from time to time.
import { durationMs, isDue } from '../../gitops/due.ts';
import { messageOf } from '../../gitops/errors.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import type { PullRequest } from '../forge/forge-api.ts';
import { commentsOf } from './comment.ts';
import { hasEnding } from './ending-block.ts';
import { rememberMerge } from './endings.ts';
import { onBranch, type ReviewGroup, reviewGroups } from './groups.ts';
import { COULD_NOT, reviewPullRequest } from './review-pull-request.ts';
import { isReviewed, type ReviewedSource, type ReviewSurroundings } from './sources.ts';

/** Forges count requests; a source costs at most about 300 of them an hour. */
const MIN_INTERVAL_MS = 5 * 60_000;
/** Open pull requests whose status is asked for in one turn. */
const MAX_ASKED = 20;
const MAX_REVIEWS = 3;
/** Merges are looked for this far back, or four intervals where those are longer. */
const MERGES_MS = 60 * 60_000;
const MAX_MERGES = 5;

/** The moment of a tick, and the time since the one before; milliseconds. */
export interface Tick {
  readonly now: number;
  readonly tickMs: number;
}

/** Returns whether it is the source's turn to look for pull requests that nobody has told of. */
export function isDueForReviews({ metadata, spec }: WebAppSource, tick: Tick): boolean {
  if (!isReviewed(spec)) return false;
  const { uid, namespace, name } = metadata;
  return isDue(`reviews ${uid ?? `${namespace}/${name}`}`, intervalOf(spec), tick);
}

function intervalOf({ interval }: WebAppSource['spec']): number {
  return Math.max(MIN_INTERVAL_MS, durationMs(interval));
}

/** Reviews open pull requests that have no verdict and takes note of merges. One source does it for its group. */
export async function reviewMissed(
  source: WebAppSource,
  world: ReviewSurroundings,
  { now }: Tick,
): Promise<number> {
  const { url, branch } = source.spec;
  const groups = (await reviewGroups([url], world)).flatMap((each) => onBranch(each, branch));
  const group = groups.find(({ sources }) => isSame(sources[0].source, source));
  if (group === undefined) return 0;
  const [first] = group.sources;
  // Merges first: they are few and quickly noted, and a review that fails must not lose them.
  await attempted(rememberMissedMerges(first, world, now), {}, world);
  const missed = await withoutVerdict(first, now);
  for (const { number } of missed)
    await attempted(reviewOne(group, number, world), { pullRequest: number }, world);
  return missed.length;
}

async function reviewOne(
  group: ReviewGroup,
  number: number,
  world: ReviewSurroundings,
): Promise<void> {
  const pullRequest = await group.sources[0].forge.pullRequest(number);
  await reviewPullRequest({ ...group, pullRequest }, world);
}

/** One pull request that fails holds up no other. */
async function attempted(
  work: Promise<unknown>,
  fields: { readonly pullRequest?: number },
  { context }: ReviewSurroundings,
): Promise<void> {
  await work.catch((error: unknown) => {
    const said = { ...fields, error: messageOf(error) };
    context.log.warn(said, 'What was missed of pull requests could not be made good');
  });
}

function isSame(a: WebAppSource, b: WebAppSource): boolean {
  return a.metadata.namespace === b.metadata.namespace && a.metadata.name === b.metadata.name;
}

async function withoutVerdict(
  { source, forge }: ReviewedSource,
  now: number,
): Promise<PullRequest[]> {
  const open = await forge.openPullRequests(source.spec.branch);
  const missed: PullRequest[] = [];
  for (const pullRequest of turnOf(open, Math.floor(now / intervalOf(source.spec)))) {
    const status = await forge.status(pullRequest.headSha);
    // What is pending may be under way elsewhere; doing it twice does no harm.
    const isOpen = status === undefined || status.state === 'pending';
    if (isOpen || status.description.startsWith(COULD_NOT)) missed.push(pullRequest);
    if (missed.length === MAX_REVIEWS) break;
  }
  return missed;
}

/** Returns the items whose turn it is, so that each has one after some turns, however many there are. */
export function turnOf<T>(items: readonly T[], turn: number): T[] {
  const start = (turn * MAX_ASKED) % Math.max(1, Math.ceil(items.length / MAX_ASKED) * MAX_ASKED);
  return items.slice(start, start + MAX_ASKED);
}

/** Only merges that the cluster must have seen: by then the branch has been looked at twice. */
async function rememberMissedMerges(
  author: ReviewedSource,
  { cluster, context }: ReviewSurroundings,
  now: number,
): Promise<void> {
  if (cluster === undefined) return;
  const { source, forge } = author;
  const { branch, interval } = source.spec;
  const backMs = Math.max(MERGES_MS, 4 * durationMs(interval));
  const merged = await forge.mergedPullRequests(branch, now - backMs);
  const settled = merged.filter(
    ({ mergedAtMs = now }) => mergedAtMs < now - 2 * durationMs(interval),
  );
  for (const { number, mergedAs } of settled.slice(0, MAX_MERGES)) {
    const [comment] = await commentsOf([author], number);
    if (mergedAs === undefined || comment === undefined || hasEnding(comment.body)) continue;
    await rememberMerge(source, { number, commit: mergedAs }, { cluster, context, late: true });
  }
}
