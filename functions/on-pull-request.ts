import { messageOf } from '../gitops/errors.ts';
import { type Answer, unrecorded } from './answer.ts';
import type { Context } from './context.ts';
import { ForgeError } from './forge/forge-api.ts';
import type { PullRequestHint } from './forge/webhooks.ts';
import { followEndings, rememberMerge } from './review/endings.ts';
import { reviewPullRequest } from './review/review-pull-request.ts';
import { type ReviewedSource, reviewedSources } from './review/sources.ts';

/**
 * Answers the news of a pull request: reviews it while it is open, and has its comment told the ending once it is
 * merged. What it is now is asked of the forge.
 */
export async function onPullRequest(
  { urls, number }: PullRequestHint,
  context: Context,
): Promise<Answer> {
  const signal = AbortSignal.timeout(context.config.timeoutMs);
  const cluster = context.cluster(signal);
  const log = context.log.child({ pullRequest: number });
  try {
    const [first, ...others] = await reviewedSources(urls, cluster, signal);
    if (first === undefined)
      return { status: 202, body: { ignored: 'no WebAppSource reviews this repository' } };
    const pullRequest = await first.forge.pullRequest(number);
    const [one, ...more] = [first, ...others].filter(
      ({ source }) => source.spec.branch === pullRequest.baseBranch,
    );
    if (one === undefined)
      return { status: 202, body: { ignored: 'no WebAppSource follows its branch' } };
    const sources: [ReviewedSource, ...ReviewedSource[]] = [one, ...more];
    const world = { context: { ...context, log }, cluster, signal };
    if (pullRequest.state === 'open') {
      const { conclusion, counts } = await reviewPullRequest({ pullRequest, sources }, world);
      log.info({ head: pullRequest.headSha, conclusion, ...counts }, 'Pull request reviewed');
      return { status: 200, body: { conclusion } };
    }
    if (pullRequest.mergedAs === undefined)
      return { status: 202, body: { ignored: 'closed without a merge' } };
    await rememberMerge(one.source, { number, commit: pullRequest.mergedAs }, cluster);
    await followEndings(one.source, world);
    return { status: 202, body: { merged: pullRequest.mergedAs } };
  } catch (error) {
    // A forge that refuses will refuse again; one that is away will be asked again by the tick.
    if (error instanceof ForgeError)
      log.warn({ error: messageOf(error) }, 'The forge did not answer as hoped');
    return unrecorded(error, log);
  }
}
