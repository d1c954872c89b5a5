import type { Decision } from '../../policies/index.ts';
import { CHILD_KINDS, WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { desiredChildren } from '../reconcile/children.ts';
import type { WebApp } from '../webapp.ts';
import { isUnasked, type Judgement, judge } from './judge.ts';
import type { InForce } from './reader.ts';

/** Judges a WebApp and what the reconciler would make of it. */
export function judgePair(
  { before, after }: { before: KubeObject | undefined; after: KubeObject },
  { policies, namespaceObject }: InForce,
  now: number,
): Judgement[] {
  const about = { now, ...(namespaceObject && { namespaceObject }) };
  const own = judge(
    policies,
    { of: WEBAPP, object: after, ...(before && { oldObject: before }) },
    about,
  );
  // Nothing comes of what the API server refuses, and what it is made of may be anything.
  if (isUnasked(own)) return [own];
  const old = before === undefined ? [] : childrenOf(before);
  const children = desiredChildren(own.object as WebApp).flatMap((object) => {
    const of = CHILD_KINDS.find(({ kind }) => kind === object.kind);
    const oldObject = old.find(({ kind }) => kind === object.kind);
    return of ? [judge(policies, { of, object, ...(oldObject && { oldObject }) }, about)] : [];
  });
  return [own, ...children.map((child) => withoutEcho(child, own))];
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

function childrenOf(webapp: KubeObject): KubeObject[] {
  return desiredChildren(admitted(webapp));
}
