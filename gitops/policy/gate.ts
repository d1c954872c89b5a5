// The gate before the writes of a visit: the WebApp and the children it is about to get are shown to the policies.
import { type Decision, formatProblem, type Hash, type Problem } from '../../policies/index.ts';
import { WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { afterApply, afterPatch } from '../overlay.ts';
import type { Change } from '../reconcile/plan.ts';
import type { WebAppStatus } from '../webapp.gen.ts';
import { OPERATOR, type WebApp } from '../webapp.ts';
import { digestOfObject } from './digests.ts';
import { isDelete, isUnasked, type Judgement, judge, type Question } from './judge.ts';
import { errorsOf, type Policies, policiesIn } from './policies.ts';
import type { InForce } from './reader.ts';

export type PolicyRecord = NonNullable<WebAppStatus['policy']>;

/** What a gate found. */
export interface Passage {
  readonly record: PolicyRecord;
  /** Policies that were asked and could be judged. */
  readonly asked: ReadonlySet<string>;
  /** Why the writes may not happen; absent where they may. */
  readonly refusal?: string;
}

export interface Passing {
  readonly inForce: InForce;
  readonly now: number;
  readonly hash: Hash;
}

/** Returns whether the writes may happen; undefined where no policy has a say. */
export function pass(webapp: WebApp, changes: readonly Change[], by: Passing): Passage | undefined {
  const { policies } = by.inForce;
  if (policiesIn(policies).length === 0 && errorsOf(policies).length === 0) return undefined;
  const judgements = questionsOf(webapp, changes).map((question) =>
    judge(policies, question, { ...by.inForce, now: by.now }),
  );
  const record = recordOf(judgements, by);
  const { verdict } = record;
  const asked = askedIn(judgements);
  if (verdict !== 'denied') return { record, asked };
  return { record, asked, refusal: reasonOf(judgements, by) };
}

/** The WebApp stands for its children, which follow from it. */
function recordOf(judgements: readonly Judgement[], { inForce, hash }: Passing) {
  const { repository, cluster } = inForce.policies.digests;
  const [own] = judgements;
  return {
    verdict: verdictOf(judgements, inForce),
    ...(repository && { policiesDigest: repository }),
    ...(cluster && { clusterPoliciesDigest: cluster }),
    ...(own && { objectDigest: digestOfObject(own.object, hash) }),
  };
}

function questionsOf(webapp: WebApp, changes: readonly Change[]): Question[] {
  const { status: _status, ...content } = webapp;
  return [
    { of: WEBAPP, object: content as KubeObject, oldObject: webapp },
    ...changes.map(questionOf),
  ];
}

function questionOf(change: Change): Question {
  const { of } = change;
  switch (change.kind) {
    case 'create':
      return { of, object: change.desired };
    case 'apply':
      return { of, object: afterBoth(change), oldObject: change.live };
    case 'patch':
      return { of, object: afterPatch(change.live, change.patch), oldObject: change.live };
    case 'delete':
      return { of, object: null, oldObject: change.live };
  }
}

function afterBoth({ live, first, desired }: Change & { kind: 'apply' }): KubeObject {
  return afterApply(first ? afterPatch(live, first) : live, desired, OPERATOR);
}

/** Returns the names of the policies that were asked and could be judged. */
export function askedIn(judgements: readonly Judgement[]): ReadonlySet<string> {
  const decisions = judgements.flatMap((each) => each.decisions);
  return new Set(
    decisions.filter(({ effect }) => effect !== 'unknown').map(({ policy }) => policy),
  );
}

/** Returns what several judgements come to; what must not pass unjudged is denied. */
export function verdictOf(
  judgements: readonly Judgement[],
  { policies }: InForce,
): PolicyRecord['verdict'] & string {
  if (errorsOf(policies).length > 0) return 'denied';
  const outcomes = judgements.map(({ verdict }) => verdict);
  if (outcomes.some(({ outcome }) => outcome === 'denied')) return 'denied';
  if (judgements.some((each) => blocks(each, policies))) return 'denied';
  if (outcomes.some(({ outcome }) => outcome === 'cannotJudge')) return 'unknown';
  return outcomes.some(({ warnings }) => warnings.length > 0) ? 'warned' : 'allowed';
}

/** What the cluster enforces itself it will judge itself; what only the repository asks for nobody else would. */
function blocks(judgement: Judgement, policies: Policies): boolean {
  if (judgement.verdict.outcome !== 'cannotJudge') return false;
  if (isUnasked(judgement)) return hasOwn(policies);
  const { decisions } = judgement;
  return decisions.some((each) => isUnknown(each) && !policies.enforced.has(each.policy));
}

/** Returns whether there are policies that nobody but the gates enforces. */
export function hasOwn(policies: Policies): boolean {
  return policiesIn(policies).some(({ policy }) => !policies.enforced.has(policy.metadata.name));
}

function isUnknown({ effect, actions }: Decision): boolean {
  return effect === 'unknown' && actions.includes('Deny');
}

/** Returns what is said where policies are broken, with the place. */
export function unreadable(problem: Problem): string {
  return `the policies cannot be read: ${formatProblem(problem)}`;
}

function reasonOf(judgements: readonly Judgement[], { inForce }: Passing): string {
  const [broken] = errorsOf(inForce.policies);
  if (broken) return unreadable(broken);
  const messages = judgements.flatMap((judgement) => {
    const { verdict, object } = judgement;
    const deleted = isDelete(judgement) ? 'deleting ' : '';
    const what = `${deleted}${object.kind} ${object.metadata.name}`;
    if (verdict.outcome === 'denied') return [`${what}: ${verdict.message}`];
    return verdict.outcome === 'cannotJudge' ? [`${what}: ${verdict.reasons.join('; ')}`] : [];
  });
  return messages.join('\n');
}
