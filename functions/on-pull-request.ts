import { isPermanent, messageOf } from '../gitops/errors.ts';
import { type Answer, unrecorded } from './answer.ts';
import type { Context } from './context.ts';
import { ForgeError } from './forge/forge-error.ts';
import type { PullRequestHint, Within } from './forge/webhooks.ts';
import { followEndings, rememberMerge } from './review/endings.ts';
import { onBranch, type ReviewGroup, reviewGroups } from './review/groups.ts';
import { type ReviewRequest, reviewPullRequest } from './review/review-pull-request.ts';
import { type ReviewSurroundings, surroundings } from './review/sources.ts';

/**
 * Answers the news of a pull request: reviews it while it is open, and has its comment told the ending once it is
 * merged. Each group of sources has its own forge.
 */
export async function onPullRequest(
  hint: PullRequestHint & Within,
  context: Context,
): Promise<Answer> {
  const { log, telemetry } = context;
  telemetry.note({ pullRequest: hint.number });
  const signal = AbortSignal.timeout(context.config.timeoutMs);
  try {
    const world = surroundings(context, signal);
    const groups = await reviewGroups(hint.urls, world, hint);
    return bestOf(await Promise.allSettled(groups.map((group) => answer(group, hint, world))), log);
  } catch (error) {
    return failed(error, log);
  }
}

/** A forge that is away, or none at all, must not have the others asked again: the tick makes up for its review. */
function bestOf(answers: readonly PromiseSettledResult<Answer>[], log: Context['log']): Answer {
  const errors = answers.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  const given = answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const best = given.find(({ status }) => status === 200) ?? given[0];
  if (best === undefined && errors.length > 0) return failed(errors[0], log);
  for (const error of errors) log.error({ error: messageOf(error) }, 'One review failed');
  return best ?? ignored(NOT_REVIEWED);
}

const NOT_REVIEWED = 'no WebAppSource reviews this repository and branch';

function failed(error: unknown, log: Context['log']): Answer {
  // GitLab switches off a webhook that is answered with errors, and asking again would bring the same.
  if (isPermanent(error) || (error instanceof ForgeError && error.isFinal)) {
    log.error({ error: messageOf(error) }, 'Pull request cannot be reviewed');
    return { status: 202, body: { failed: messageOf(error) } };
  }
  return unrecorded(error, log);
}

/** What the pull request is now is asked of the group's own forge. */
async function answer(
  group: ReviewGroup,
  { number }: PullRequestHint,
  world: ReviewSurroundings,
): Promise<Answer> {
  const pullRequest = await group.sources[0].forge.pullRequest(number);
  const [own] = onBranch(group, pullRequest.baseBranch);
  if (own === undefined) return ignored(NOT_REVIEWED);
  const request = { ...own, pullRequest };
  if (pullRequest.state === 'open') return review(request, world);
  return pullRequest.state === 'merged'
    ? follow(request, world)
    : ignored('closed without a merge');
}

function ignored(reason: string): Answer {
  return { status: 202, body: { ignored: reason } };
}

async function review(request: ReviewRequest, world: ReviewSurroundings): Promise<Answer> {
  const { conclusion } = await reviewPullRequest(request, world);
  return { status: 200, body: { conclusion } };
}

async function follow(
  { pullRequest: { number, mergedAs }, sources: [{ source }] }: ReviewRequest,
  world: ReviewSurroundings,
): Promise<Answer> {
  const { cluster } = world;
  if (cluster === undefined) return ignored('only a cluster knows how it ended');
  if (mergedAs === undefined) return ignored('the forge does not tell the commit of the merge');
  await rememberMerge(source, { number, commit: mergedAs }, { ...world, cluster });
  await followEndings(source, { ...world, cluster });
  return { status: 202, body: { merged: mergedAs } };
}
