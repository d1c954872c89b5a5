// Which visits are worth their reads.

import { conditionOf } from '../conditions.ts';
import { HELD_BACK, heldBackMessage, heldBackOf } from '../held-back.ts';
import {
  AUTOSCALER,
  CHILD_KINDS,
  DEPLOYMENT,
  INGRESS,
  type Kind,
  SERVICE,
  WEBAPP,
} from '../kinds.ts';
import type { ObjectKey } from '../objects.ts';
import type { WebAppStatus } from '../webapp.gen.ts';
import { ANNOTATION, annotation, type WebApp } from '../webapp.ts';

/** Why a WebApp is visited: an event about it or about a child of its name, or a full check asked for by the tick. */
export interface Trigger {
  readonly key: ObjectKey;
  /** Kind of the object the event is about; WebApp for the WebApp itself. */
  readonly kind: string;
  /** Compares all children even when nothing seems to have changed. */
  readonly full?: boolean;
}

/** Returns whether nothing about the WebApp itself changed since its status was written. */
export function isObserved(webapp: WebApp): boolean {
  return (
    isAnswered(webapp) && annotation(webapp, ANNOTATION.retry) === '' && isHeldBackTold(webapp)
  );
}

/** Returns whether all that was asked for has been tried, be it in vain. */
export function isAnswered(webapp: WebApp): boolean {
  const { metadata, status } = webapp;
  return (
    status.observedGeneration === metadata.generation &&
    annotation(webapp, ANNOTATION.requestedAt) === (status.lastHandledReconcileAt ?? '') &&
    annotation(webapp, ANNOTATION.revision) === revisionTried(status)
  );
}

/** Returns the commit that was tried last. What was refused for good is not tried again for its own sake, only for another's. */
export function revisionTried({
  lastAttemptedRevision,
  lastAppliedRevision = '',
}: WebAppStatus): string {
  return lastAttemptedRevision ?? lastAppliedRevision;
}

function isHeldBackTold(webapp: WebApp): boolean {
  const held = heldBackOf(webapp);
  const told = conditionOf(webapp.status.conditions, HELD_BACK)?.message;
  return told === (held && heldBackMessage(held));
}

/** Returns whether no visit has ever been made, so that no child of ours can exist. */
export function isUntouched({ metadata, status }: WebApp): boolean {
  return status.observedGeneration === -1 && metadata.generation === 1;
}

/** Returns the kinds of children the spec asks for. */
export function wantedKinds({ spec }: WebApp): Kind[] {
  return [
    DEPLOYMENT,
    SERVICE,
    ...(spec.host === undefined ? [] : [INGRESS]),
    ...(spec.autoscaling === undefined ? [] : [AUTOSCALER]),
  ];
}

/** Reason of a status while a child that is wanted is on its way out. */
export const WAITING_FOR_DELETION = 'WaitingForDeletion';

/**
 * Returns the kinds of children to read. A child that is no longer wanted can only be left over from another
 * generation or a failed attempt, so all kinds are read until the present one is observed, and a failure is not
 * forgotten because of a visit that looked at something else; nor is a child that is waited for. An event about a
 * child needs that child, and the Deployment for the status.
 */
export function kindsToRead(webapp: WebApp, { kind, full }: Trigger): readonly Kind[] {
  if (full || !isObserved(webapp) || isWaiting(webapp)) return CHILD_KINDS;
  if (kind === WEBAPP.kind) return wantedKinds(webapp);
  return CHILD_KINDS.filter((child) => child === DEPLOYMENT || child.kind === kind);
}

function isWaiting({ status }: WebApp): boolean {
  return conditionOf(status.conditions, 'Ready')?.reason === WAITING_FOR_DELETION;
}
