import type { Decision, UserInfo } from '../../policies/index.ts';
import { CHILD_KINDS, WEBAPP } from '../kinds.ts';
import { misfitOf } from '../misfit.ts';
import type { KubeObject } from '../objects.ts';
import { desiredChildren } from '../reconcile/children.ts';
import type { WebApp } from '../webapp.ts';
import { isUnasked, type Judgement, judge } from './judge.ts';
import type { InForce } from './reader.ts';

/** What is in force, and who writes, where that is known. */
export interface Gate extends InForce {
  readonly userInfo?: UserInfo;
}

/** Judges a WebApp and what the reconciler would make of it, and says nothing twice. Without a time no waiver holds. */
export function judgePair(
  pair: { before: KubeObject | undefined; after: KubeObject },
  gate: Gate,
  now?: number,
): Judgement[] {
  const [own, ...children] = judgeFamily(pair, gate, now);
  return own ? [own, ...children.map((child) => withoutEcho(child, own))] : [];
}

/** Judges the same with every decision about each object, the WebApp's own first. */
export function judgeFamily(
  { before, after }: { before: KubeObject | undefined; after: KubeObject },
  { policies, namespaceObject, userInfo }: Gate,
  now?: number,
): Judgement[] {
  const about = {
    ...(now !== undefined && { now }),
    ...(namespaceObject && { namespaceObject }),
    ...(userInfo && { userInfo }),
  };
  const own = judge(
    policies,
    { of: WEBAPP, object: after, ...(before && { oldObject: before }) },
    about,
  );
  // Nothing comes of what the API server refuses, and what it is made of may be anything.
  if (isUnasked(own)) return [own];
  const wrong = misfitOf(own.object);
  if (wrong !== undefined) return [refused(own, wrong)];
  const old = before === undefined ? [] : childrenOf(admitted(before));
  const children = desiredChildren(own.object as WebApp).flatMap((object) => {
    const of = CHILD_KINDS.find(({ kind }) => kind === object.kind);
    const oldObject = old.find(({ kind }) => kind === object.kind);
    return of ? [judge(policies, { of, object, ...(oldObject && { oldObject }) }, about)] : [];
  });
  return [own, ...children];
}

function refused(own: Judgement, reason: string): Judgement {
  const none = { warnings: [], auditAnnotations: {} };
  return {
    ...own,
    decisions: [],
    verdict: { ...none, outcome: 'cannotJudge', reasons: [reason] },
  };
}

/** What a policy has said of the WebApp it need not say again of each child that has it from there. */
function withoutEcho(child: Judgement, { decisions: told }: Judgement): Judgement {
  const isEcho = ({ policy, message, effect }: Decision) =>
    effect !== 'admit' &&
    told.some((own) => own.policy === policy && own.message === message && own.effect === effect);
  return { ...child, decisions: child.decisions.filter((decision) => !isEcho(decision)) };
}

const NO_POLICIES = { sets: [] };

/** The defaults of the WebApp decide what its children are. */
export function admitted(webapp: KubeObject): WebApp {
  return judge(NO_POLICIES, { of: WEBAPP, object: webapp }, { now: 0 }).object as WebApp;
}

/** Returns what would be made of a WebApp as the API server admits it; nothing of one that it would refuse. */
export function childrenOf(webapp: WebApp): KubeObject[] {
  return misfitOf(webapp) === undefined ? desiredChildren(webapp) : [];
}
