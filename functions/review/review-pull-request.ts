// The review of one pull request: pending at once, then one comment, one status on the exact commit, notes on lines.
import { setImmediate as turn } from 'node:timers/promises';
import { isPermanent, messageOf } from '../../gitops/errors.ts';
import { sha256 } from '../../gitops/io/digest.ts';
import { assemble } from '../../gitops/review/assemble.ts';
import type { Report } from '../../gitops/review/report.ts';
import { reviewScope } from '../../gitops/review/review.ts';
import type { ReviewScope } from '../../gitops/review/rules.ts';
import type { Commits } from '../../gitops/review/trees.ts';
import type { PullRequest, Status } from '../forge/forge-api.ts';
import { ForgeError } from '../forge/forge-error.ts';
import { renderFailure } from '../report/markdown-failure.ts';
import { clip, oneLine, verdict } from '../report/words.ts';
import { VERSION } from '../version.ts';
import { commentOf, putComment } from './comment.ts';
import type { ReviewGroup } from './groups.ts';
import { notesOf } from './line-notes.ts';
import { LIVE_MS, liveOf } from './live.ts';
import { markerOf } from './names.ts';
import { type ReviewedSource, type ReviewSurroundings, refsOf } from './sources.ts';

/** The sources of one group that follow the base branch of a pull request. */
export interface ReviewRequest extends ReviewGroup {
  readonly pullRequest: PullRequest;
}

/** A head that moves more often than this meanwhile is left to the webhook of its last push. */
const MAX_MOVES = 3;
/** The rest of the time is for telling the forge, above all that time was too short. */
const SHARE_OF_TIME = 0.7;
/** Files with WebApps that a pull request may change. Larger ones are refused, and that is no success. */
const MAX_FILES = 1_000;
const MAX_DESCRIPTION = 140;

/** How the description of a status begins whose review may be tried again, and of one that may not. */
export const COULD_NOT = 'Could not review';
const CANNOT = 'Cannot be reviewed';

/**
 * Reviews the head of the pull request and tells the forge; where the head moves meanwhile, reviews the new one too, so
 * that the comment ends up with what is there. Returns the last report; throws when there is none or the forge cannot
 * be told.
 */
export function reviewPullRequest(
  request: ReviewRequest,
  world: ReviewSurroundings,
): Promise<Report> {
  const { log, telemetry } = world.context;
  const { number, headSha, baseBranch } = request.pullRequest;
  const { namespace, name } = request.sources[0].source.metadata;
  const facts = {
    'source.namespace': namespace,
    'source.name': name,
    reviewId: crypto.randomUUID(),
    pullRequest: number,
  };
  return telemetry.visit({ name: 'review', facts }, async () => {
    const start = performance.now();
    telemetry.begin({ head: headSha }, undefined);
    log.info({ base: baseBranch }, 'Starting review');
    const report = await reviewUntilSettled(request, world);
    const { head, conclusion, counts } = report;
    const durationMs = Math.round(performance.now() - start);
    log.info({ durationMs, head, conclusion, ...counts }, 'Pull request reviewed');
    return report;
  });
}

async function reviewUntilSettled(
  request: ReviewRequest,
  world: ReviewSurroundings,
): Promise<Report> {
  const { pullRequest, sources } = request;
  const { forge } = sources[0];
  let seen = pullRequest;
  for (let moves = 0; ; moves++) {
    const report = await reviewHead({ ...request, pullRequest: seen }, world);
    const now = await forge.pullRequest(pullRequest.number);
    if (now.headSha === seen.headSha || now.state !== 'open' || moves === MAX_MOVES) return report;
    seen = now;
  }
}

async function reviewHead(request: ReviewRequest, world: ReviewSurroundings): Promise<Report> {
  const { pullRequest, sources } = request;
  const { context } = world;
  const { forge } = sources[0];
  await forge.setStatus(pullRequest, {
    state: 'pending',
    description: 'Policy review is under way',
  });
  try {
    const report = await reportOf(request, world);
    const now = await forge.pullRequest(pullRequest.number);
    const { number } = pullRequest;
    if (now.headSha === pullRequest.headSha)
      await putComment(sources, number, commentOf(sources, report, number));
    await forge.setStatus(pullRequest, statusOf(report));
    await note(request, report, world);
    return report;
  } catch (error) {
    await tellFailure(request, error).catch((also: unknown) => {
      context.log.warn({ error: messageOf(also) }, 'The forge could not be told of a failure');
    });
    throw error;
  }
}

/** The comment has all of it, so a note that is refused takes nothing away. */
async function note(
  { pullRequest, sources: [{ forge }] }: ReviewRequest,
  report: Report,
  { context }: ReviewSurroundings,
): Promise<void> {
  try {
    await forge.note(pullRequest, notesOf(report));
  } catch (error) {
    context.log.warn({ error: messageOf(error) }, 'Lines could not be annotated');
  }
}

/** An older verdict must not stand where nobody knows; what will not go away by itself is said in any case. */
async function tellFailure({ pullRequest, sources }: ReviewRequest, error: unknown): Promise<void> {
  // A forge that asks to wait is not asked more; the pending status has the review done again.
  if (error instanceof ForgeError && error.retryAfterMs) return;
  const { number, headSha } = pullRequest;
  const reason = oneLine(messageOf(error));
  const isFinal = isPermanent(error);
  const description = clip(`${isFinal ? CANNOT : COULD_NOT}: ${reason}`, MAX_DESCRIPTION);
  const [{ forge, source }] = sources;
  await forge.setStatus(pullRequest, { state: 'error', description });
  const body = renderFailure({ reason, headSha, isFinal, marker: markerOf(source) });
  await putComment(sources, number, { body, onlyEdit: !isFinal });
}

async function reportOf(
  { pullRequest, sources, failure }: ReviewRequest,
  { context, cluster, signal: whole }: ReviewSurroundings,
): Promise<Report> {
  if (failure !== undefined) throw failure;
  const time = AbortSignal.timeout(Math.ceil(context.config.timeoutMs * SHARE_OF_TIME));
  const signal = AbortSignal.any([whole, time]);
  const commits = await commitsOf({ pullRequest, sources }, context, signal);
  const reviews = [];
  for (const one of sources) {
    const world = { policies: context.policies, now: context.clock.now(), maxFiles: MAX_FILES };
    const scope = await scopeOf(one, { context, cluster, signal });
    reviews.push(await reviewScope(commits, scope, { ...world, pause: () => pause(signal) }));
  }
  const soon = AbortSignal.any([signal, AbortSignal.timeout(LIVE_MS)]);
  const live = cluster && (await liveOf(reviews, context.cluster(soon)));
  const { base, head } = commits;
  const frame = { base: base.commit, head: head.commit, toolVersion: VERSION, hash: sha256 };
  return assemble(reviews, { ...frame, live });
}

/** Lets others have their turn, and ends what takes too long. */
async function pause(signal: AbortSignal): Promise<void> {
  await turn();
  if (signal.aborted) throw new Error('it takes longer than one request may (REQUEST_TIMEOUT)');
}

async function commitsOf(
  { pullRequest, sources: [{ source, credentials }] }: ReviewRequest,
  { repositories }: ReviewSurroundings['context'],
  signal: AbortSignal,
): Promise<Commits> {
  const { url, branch } = source.spec;
  const asked = { url, branch, signal, ...(credentials && { credentials }) };
  const { number, mergeBase, headSha } = pullRequest;
  const base = await repositories.tree(asked);
  const head = await repositories.tree({
    ...asked,
    pullRequest: { number, namespace: refsOf(source) },
    commit: headSha,
  });
  const fork = mergeBase && (await repositories.tree({ ...asked, commit: mergeBase }));
  return { base, head, ...(fork && { mergeBase: fork }) };
}

async function scopeOf(
  { source }: ReviewedSource,
  { context, cluster }: ReviewSurroundings,
): Promise<ReviewScope> {
  const { namespace = '', name } = source.metadata;
  const { path, policies, prune } = source.spec;
  const folder = policies && { policies: policies.path };
  const own = { namespace, source: name, path, prune, ...folder };
  if (cluster === undefined) return own;
  return { ...own, cluster: await context.policies.inNamespace(cluster, namespace) };
}

const STATE: Readonly<Record<Report['conclusion'], Status['state']>> = {
  denied: 'failure',
  'cannot-judge': 'error',
  warned: 'success',
  passed: 'success',
  unchanged: 'success',
};

function statusOf(report: Report): Status {
  const description = clip(oneLine(verdict(report)), MAX_DESCRIPTION);
  return { state: STATE[report.conclusion], description };
}
