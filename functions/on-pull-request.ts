import { isPermanent, messageOf } from '../gitops/errors.ts';
import { type Answer, unrecorded } from './answer.ts';
import type { Context } from './context.ts';
import type { PullRequest } from './forge/forge-api.ts';
import { ForgeError } from './forge/forge-error.ts';
import type { PullRequestHint } from './forge/webhooks.ts';
import { followEndings, rememberMerge } from './review/endings.ts';
import { type ReviewRequest, reviewPullRequest } from './review/review-pull-request.ts';
import { type ReviewSurroundings, reviewedSources, surroundings } from './review/sources.ts';

/**
 * Answers the news of a pull request: reviews it while it is open, and has its comment told the ending once it is
 * merged. What it is now is asked of the forge.
 */
export async function onPullRequest(hint: PullRequestHint, context: Context): Promise<Answer> {
  const log = context.log.child({ pullRequest: hint.number });
  const signal = AbortSignal.timeout(context.config.timeoutMs);
  try {
    const world = surroundings({ ...context, log }, signal);
    const request = await requestOf(hint, world);
    if (request === undefined) return ignored('no WebAppSource reviews this repository and branch');
    const { state } = request.pullRequest;
    if (state === 'open') return await review(request, world);
    return state === 'merged' ? await follow(request, world) : ignored('closed without a merge');
  } catch (error) {
    // GitLab switches off a webhook that is answered with errors, and asking again would bring the same.
    if (isPermanent(error) || (error instanceof ForgeError && error.isFinal)) {
      log.error({ error: messageOf(error) }, 'Pull request cannot be reviewed');
      return { status: 202, body: { failed: messageOf(error) } };
    }
    return unrecorded(error, log);
  }
}

function ignored(reason: string): Answer {
  return { status: 202, body: { ignored: reason } };
}

async function requestOf(
  { urls, number }: PullRequestHint,
  world: ReviewSurroundings,
): Promise<ReviewRequest | undefined> {
  const [first, ...others] = await reviewedSources(urls, world);
  const pullRequest: PullRequest | undefined = await first?.forge.pullRequest(number);
  if (first === undefined || pullRequest === undefined) return undefined;
  const [one, ...more] = [first, ...others].filter(
    ({ source }) => source.spec.branch === pullRequest.baseBranch,
  );
  return one && { pullRequest, sources: [one, ...more] };
}

async function review(request: ReviewRequest, world: ReviewSurroundings): Promise<Answer> {
  const { head, conclusion, counts } = await reviewPullRequest(request, world);
  world.context.log.info({ head, conclusion, ...counts }, 'Pull request reviewed');
  return { status: 200, body: { conclusion } };
}

async function follow(
  { pullRequest: { number, mergedAs }, sources: [{ source }] }: ReviewRequest,
  world: ReviewSurroundings,
): Promise<Answer> {
  const { cluster } = world;
  if (cluster === undefined) return ignored('only a cluster knows how it ended');
  if (mergedAs === undefined) return ignored('the forge does not tell the commit of the merge');
  await rememberMerge(source, { number, commit: mergedAs }, { cluster });
  await followEndings(source, { ...world, cluster });
  return { status: 202, body: { merged: mergedAs } };
}
