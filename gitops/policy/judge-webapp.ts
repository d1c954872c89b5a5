import type { Decision, UserInfo } from '../../policies/index.ts';
import { CHILD_KINDS, WEBAPP } from '../kinds.ts';
import { misfitOf } from '../misfit.ts';
import type { KubeObject } from '../objects.ts';
import { desiredChildren } from '../reconcile/children.ts';
import type { WebApp } from '../webapp.ts';
import { isUnasked, type Judgement, judge, type Question } from './judge.ts';
import type { InForce } from './reader.ts';

/** What is in force, and who writes, where that is known. */
export interface Gate extends InForce {
  readonly userInfo?: UserInfo;
}

/**
 * Judges a WebApp, what the reconciler would make of it and what it would delete of what it made before, and says nothing
 * twice. Without a time no waiver holds.
 */
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
  gate: Gate,
  now?: number,
): Judgement[] {
  const { policies } = gate;
  const about = aboutOf(gate, now);
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
  const questions = questionsOf(old, desiredChildren(own.object as WebApp));
  return [own, ...questions.map((question) => judge(policies, question, about))];
}

/**
 * Judges the delete of a WebApp. Its children are not asked about: what goes after its owner the garbage collector
 * deletes, and nobody here.
 */
export function judgeDeletion(webapp: KubeObject, gate: Gate, now?: number): Judgement {
  const question = { of: WEBAPP, object: null, oldObject: webapp };
  return judge(gate.policies, question, aboutOf(gate, now));
}

function aboutOf({ namespaceObject, userInfo }: Gate, now?: number) {
  return {
    ...(now !== undefined && { now }),
    ...(namespaceObject && { namespaceObject }),
    ...(userInfo && { userInfo }),
  };
}

/** A child of a kind that is wanted no more is deleted. */
function questionsOf(old: readonly KubeObject[], desired: readonly KubeObject[]): Question[] {
  return CHILD_KINDS.flatMap((of): Question[] => {
    const object = desired.find(({ kind }) => kind === of.kind);
    const oldObject = old.find(({ kind }) => kind === of.kind);
    if (object) return [{ of, object, ...(oldObject && { oldObject }) }];
    return oldObject ? [{ of, object: null, oldObject }] : [];
  });
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
