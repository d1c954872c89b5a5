// The status of a WebAppSource as a value; stable like a WebApp's (status.ts).
import { compareProblems, errorsIn, formatProblem, type Problem } from '../../policies/problem.ts';
import { conditionsFor, type Verdict } from '../conditions.ts';
import { cut } from '../cut.ts';
import { isPermanent, messageOf, reasonOf } from '../errors.ts';
import { conditionsOf } from '../policy/refusal.ts';
import type { WebAppSourceStatus } from '../webapp.gen.ts';
import { ANNOTATION, annotation, type WebAppSource } from '../webapp.ts';
import { MAX_PATH } from './manifests.ts';
import type { InventoryEntry } from './sync-plan.ts';

/** Most findings a status holds; more would crowd out what a reader can use. */
const MAX_PROBLEMS = 50;
const MAX_MESSAGE = 4_096;

/** What a sync did. */
export interface Synced {
  readonly revision: string;
  readonly inventory: readonly InventoryEntry[];
  readonly problems: readonly Problem[];
  /** First failure: the sync is to be tried again, unless it is permanent and waits for a person. */
  readonly failure?: unknown;
  /** How many WebApps are still to be written. */
  readonly postponed: number;
  /** Digest of the commit's policies, where the source names any. */
  readonly policiesDigest?: string | undefined;
}

/** Returns a commit as statuses and annotations name it: branch@sha1:commit. */
export function revisionOf(branch: string, commit: string): string {
  return `${branch}@sha1:${commit}`;
}

/** Returns the commit of a revision of this branch, or undefined for another branch or an odd text. */
export function commitOf(branch: string, revision: string | undefined): string | undefined {
  const prefix = revisionOf(branch, '');
  const commit = revision?.startsWith(prefix) ? revision.slice(prefix.length) : '';
  return /^[0-9a-f]{40}$/.test(commit) ? commit : undefined;
}

/** Returns the status after a sync that got as far as the files. */
export function statusOfSync(
  source: WebAppSource,
  synced: Synced,
  now: number,
): WebAppSourceStatus {
  const { revision, inventory, failure } = synced;
  const problems = [...synced.problems].sort(compareProblems);
  const errors = errorsIn(problems);
  const whole = failure === undefined && errors.length === 0 && synced.postponed === 0;
  const { lastAppliedRevision: before } = synced.postponed > 0 ? source.status : knownOf(source);
  const verdict = verdictOf({ ...synced, problems: errors });
  return {
    ...(synced.postponed > 0 ? unanswered(source, verdict, now) : base(source, verdict, now)),
    lastAttemptedRevision: revision,
    ...(synced.policiesDigest && { policiesDigest: synced.policiesDigest }),
    ...(whole ? { lastAppliedRevision: revision } : before && { lastAppliedRevision: before }),
    ...(inventory.length > 0 && { inventory: sortByName(inventory) }),
    ...(problems.length > 0 && { problems: problems.slice(0, MAX_PROBLEMS).map(toldProblem) }),
  };
}

/** As the CRD has it: one field too many, or a text that is too long, and the whole status is refused. */
function toldProblem({ length: _, ...problem }: Problem): Problem {
  const { path, message } = problem;
  return { ...problem, path: cut(path, MAX_PATH), message: cut(message, MAX_MESSAGE) };
}

/** Work that is left is no answer yet: the source counts as unobserved, so that whoever comes next goes on. */
function unanswered(source: WebAppSource, verdict: Verdict, now: number): WebAppSourceStatus {
  const { lastHandledReconcileAt: _asked, ...rest } = base(source, verdict, now);
  const { lastHandledReconcileAt: before } = source.status;
  return { ...rest, observedGeneration: -1, ...(before && { lastHandledReconcileAt: before }) };
}

/**
 * What stays known; a request that was withdrawn is not. Of another spec no commit was ever applied, and once the status
 * has observed it, only that tells the next sync to look at all there is.
 */
function knownOf({ metadata, status }: WebAppSource): WebAppSourceStatus {
  const { lastHandledReconcileAt: _withdrawn, lastAppliedRevision, ...known } = status;
  const isSame = status.observedGeneration === metadata.generation;
  return { ...known, ...(isSame && lastAppliedRevision && { lastAppliedRevision }) };
}

/** Returns the status when the repository could not be read at all. */
export function statusOfSourceFailure(
  source: WebAppSource,
  error: unknown,
  now: number,
): WebAppSourceStatus {
  return { ...knownOf(source), ...base(source, failed(error), now) };
}

/** Returns the status of a suspended source. */
export function statusOfSourceSuspension(source: WebAppSource, now: number): WebAppSourceStatus {
  const message = 'suspended: the repository is not followed';
  const verdict = { ready: 'Unknown', kind: 'settled', reason: 'Suspended', message } as const;
  // Nothing is followed until the spec changes again.
  const { lastAppliedRevision: before } = source.status;
  const known = { ...knownOf(source), ...(before && { lastAppliedRevision: before }) };
  return { ...known, ...base(source, verdict, now) };
}

function verdictOf({ revision, inventory, problems, failure, postponed }: Synced): Verdict {
  if (failure !== undefined) return failed(failure);
  if (postponed > 0) {
    const message = `${inventory.length} WebApps of ${revision} are applied, ${postponed} are still to come`;
    return { ready: 'False', kind: 'progressing', reason: 'Progressing', message };
  }
  if (problems.length > 0) return invalid(problems);
  const count = inventory.length === 1 ? '1 WebApp' : `${inventory.length} WebApps`;
  const message = `applied ${revision}: ${count}`;
  return { ready: 'True', kind: 'settled', reason: 'ReconciliationSucceeded', message };
}

function failed(error: unknown): Verdict {
  const kind = isPermanent(error) ? 'stalled' : 'progressing';
  const also = conditionsOf(error);
  return { ready: 'False', kind, reason: reasonOf(error), message: messageOf(error), also };
}

function invalid(problems: readonly Problem[]): Verdict {
  const [first] = problems;
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems, the first`;
  const message = `${count}: ${first ? formatProblem(first) : ''}`;
  return { ready: 'False', kind: 'stalled', reason: 'InvalidManifests', message };
}

function base(source: WebAppSource, verdict: Verdict, now: number): WebAppSourceStatus {
  const { generation = 0 } = source.metadata;
  const asked = annotation(source, ANNOTATION.requestedAt);
  return {
    observedGeneration: generation,
    conditions: conditionsFor(verdict, source.status.conditions, { generation, now }),
    ...(asked !== '' && { lastHandledReconcileAt: asked }),
  };
}

function sortByName(entries: readonly InventoryEntry[]): InventoryEntry[] {
  return [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
}
