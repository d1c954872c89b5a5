// The status of a WebApp as a value. No time, duration or id stands in a message: a status that says the
// same must be the same, or every write would wake us again.

import { conditionOf, conditionsFor, type Verdict } from '../conditions.ts';
import { isPermanent, messageOf, reasonOf } from '../errors.ts';
import { HELD_BACK, heldBackMessage, heldBackOf } from '../held-back.ts';
import type { Kind } from '../kinds.ts';
import { conditionsOf, ParityMismatch, PolicyRefusal } from '../policy/refusal.ts';
import type { WebAppStatus } from '../webapp.gen.ts';
import { ANNOTATION, annotation, type WebApp } from '../webapp.ts';
import { podLabels } from './children.ts';
import type { Health } from './health.ts';
import { WAITING_FOR_DELETION } from './visit.ts';

const PHASE = { settled: 'Ready', progressing: 'Progressing', stalled: 'Failed' } as const;

/** Returns the status after the children were brought to what the spec asks for. */
export function statusOfHealth(webapp: WebApp, health: Health, now: number): WebAppStatus {
  const { replicas, readyReplicas } = health;
  return {
    ...statusOf(webapp, health, now),
    phase: PHASE[health.kind],
    replicas,
    readyReplicas,
    ...text('lastAppliedRevision', annotation(webapp, ANNOTATION.revision)),
  };
}

/** Returns the status while children of these kinds are on their way out, so that not all that is asked for is applied. */
export function statusOfWaiting(
  webapp: WebApp,
  { health, leaving }: { readonly health: Health; readonly leaving: readonly Kind[] },
  now: number,
): WebAppStatus {
  const names = leaving.map(({ kind }) => `${kind} ${webapp.metadata.name}`).join(', ');
  const message = `being deleted, and made again once gone: ${names}`;
  const verdict = { kind: 'progressing', reason: WAITING_FOR_DELETION, message } as const;
  const status = statusOfHealth(webapp, { ...health, ...verdict, ready: 'False' }, now);
  const { lastAppliedRevision: _notYet, ...others } = status;
  const applied = text('lastAppliedRevision', webapp.status.lastAppliedRevision ?? '');
  return { ...others, ...applied, ...triedIn(webapp) };
}

/** Returns the status of a suspended WebApp; what is known of its pods is kept. */
export function statusOfSuspension(webapp: WebApp, now: number): WebAppStatus {
  const message = 'suspended: the children are left as they are';
  const verdict = { ready: 'Unknown', kind: 'settled', reason: 'Suspended', message } as const;
  const looked = { ...knownOf(webapp), ...triedIn(webapp) };
  return { ...looked, ...statusOf(webapp, verdict, now), phase: 'Suspended' };
}

/** Returns the status after a failed attempt; what is known of the pods is kept. */
export function statusOfFailure(webapp: WebApp, error: unknown, now: number): WebAppStatus {
  const stalled = isPermanent(error);
  const verdict: Verdict = {
    ready: 'False',
    kind: stalled ? 'stalled' : 'progressing',
    reason: reasonOf(error),
    message: messageOf(error),
    also: conditionsOf(error),
  };
  const phase = stalled ? 'Failed' : 'Retrying';
  const policy = recordIn(error);
  return {
    ...knownOf(webapp),
    ...triedIn(webapp),
    ...statusOf(webapp, verdict, now),
    ...(policy && { policy }),
    phase,
  };
}

/** Returns the milliseconds from the creation to being Ready, where `after` is the first status to say Ready. */
export function timeToReady({ metadata, status }: WebApp, after: WebAppStatus): number | undefined {
  const isNews = status.firstReadyAt === undefined && !readySince(status.conditions);
  if (!isNews || after.firstReadyAt === undefined) return undefined;
  return Date.parse(after.firstReadyAt) - Date.parse(metadata.creationTimestamp ?? '');
}

function recordIn(error: unknown): WebAppStatus['policy'] {
  const judged = error instanceof PolicyRefusal || error instanceof ParityMismatch;
  return judged ? error.record : undefined;
}

/** What stays known; a request that was withdrawn is not. */
function knownOf({ status }: WebApp): WebAppStatus {
  const { lastHandledReconcileAt: _withdrawn, lastAttemptedRevision: _before, ...known } = status;
  return known;
}

/** Names the commit that was looked at where what runs is not of it; empty for one that left Git. */
function triedIn(webapp: WebApp): Pick<WebAppStatus, 'lastAttemptedRevision'> {
  const revision = annotation(webapp, ANNOTATION.revision);
  const isApplied = revision === (webapp.status.lastAppliedRevision ?? '');
  return isApplied ? {} : { lastAttemptedRevision: revision };
}

function statusOf(webapp: WebApp, verdict: Verdict, now: number): WebAppStatus {
  const { generation = 0 } = webapp.metadata;
  const selector = Object.entries(podLabels(webapp)).map(([key, value]) => `${key}=${value}`);
  const before = webapp.status;
  const conditions = conditionsFor(withHeldBack(verdict, webapp), before.conditions, {
    generation,
    now,
  });
  return {
    observedGeneration: generation,
    selector: selector.join(','),
    conditions,
    ...text('firstReadyAt', before.firstReadyAt ?? readySince(conditions) ?? ''),
    ...text('lastHandledReconcileAt', annotation(webapp, ANNOTATION.requestedAt)),
  };
}

function readySince(conditions: WebAppStatus['conditions']): string | undefined {
  const ready = conditionOf(conditions, 'Ready');
  return ready?.status === 'True' ? ready.lastTransitionTime : undefined;
}

function withHeldBack(verdict: Verdict, webapp: WebApp): Verdict {
  const held = heldBackOf(webapp);
  if (held === undefined) return verdict;
  const told = { type: HELD_BACK, reason: 'PolicyDenied', message: heldBackMessage(held) };
  return { ...verdict, also: [...(verdict.also ?? []), told] };
}

function text<K extends string>(key: K, value: string): { [P in K]?: string } {
  return (value === '' ? {} : { [key]: value }) as { [P in K]?: string };
}
