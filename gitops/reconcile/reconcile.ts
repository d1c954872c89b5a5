// The story of one visit: read, decide, write what differs, record. It keeps nothing: kill it anywhere, and the
// next visit finds the truth in the cluster.
import { classify, isConflict } from '../api-error.ts';
import { type Clock, clearFailures, despiteConflicts, isBackingOff } from '../attempts.ts';
import type { Cluster } from '../cluster.ts';
import { type Failed, recordFailure } from '../failure.ts';
import { CHILD_KINDS, type Kind, WEBAPP } from '../kinds.ts';
import type { Log } from '../log.ts';
import type { KubeObject } from '../objects.ts';
import type { PolicyMeter } from '../policy/meter.ts';
import type { PolicyReader } from '../policy/reader.ts';
import type { Facts, Trace } from '../trace.ts';
import { traceOriginOf } from '../trace-origin.ts';
import { ANNOTATION, annotation, OPERATOR, type WebApp } from '../webapp.ts';
import { type Corrections, contestedIn, contestOver, noteCorrections } from './contest.ts';
import { writeGated } from './gated-write.ts';
import { type Change, type Children, plan } from './plan.ts';
import { recordHealth, recordStatus } from './record-health.ts';
import { statusOfFailure, statusOfSuspension } from './status.ts';
import { isObserved, isUntouched, kindsToRead, type Trigger, wantedKinds } from './visit.ts';

/** What a visit works with. */
export interface Surroundings {
  readonly cluster: Cluster;
  /** The same for reading the WebApp and for recording a failure: it has time left when that of the work is over. */
  readonly bookkeeping: Cluster;
  readonly policies: PolicyReader;
  readonly meter: PolicyMeter;
  readonly clock: Clock;
  readonly log: Log;
  readonly trace: Trace;
  /** resourceVersions of children, by uid, that a visit of this process has dealt with. May forget anything. */
  readonly handled: { get(uid: string): string | undefined; set(uid: string, to: string): unknown };
  readonly corrections: Corrections;
}

/** How a visit ended. */
export type Outcome = { readonly kind: 'gone' } | { readonly kind: 'quiet' } | Settled | Failed;

/** The children are what the spec asks for. */
export interface Settled {
  readonly kind: 'settled';
  readonly webapp: WebApp;
  readonly changes: readonly Change[];
  /** Kinds of the children that were looked at and left as they are. */
  readonly unchanged: readonly Kind[];
  /** Milliseconds from the creation to being Ready; there where this visit was the first to see it Ready. */
  readonly readyAfterMs?: number | undefined;
}

/**
 * Visits the WebApp that the trigger names and brings its children to what it asks for. Failures are recorded on
 * the WebApp and returned; it throws only when nothing could be recorded, so that whoever called tries again.
 */
export function reconcile(trigger: Trigger, world: Surroundings): Promise<Outcome> {
  const written: Written = new Map();
  return despiteConflicts((conflicts) => visit(trigger, world, { again: conflicts > 0, written }));
}

/** What a visit has written so far, by kind: a conflict lets it begin anew, and this is its doing all the same. */
type Written = Map<string, Change>;

interface Attempt {
  readonly again: boolean;
  readonly written: Written;
}

async function visit(trigger: Trigger, world: Surroundings, attempt: Attempt): Promise<Outcome> {
  const { again } = attempt;
  const child = again ? undefined : await readSubject(trigger, world);
  if (child && isOldNews(child, world)) return { kind: 'quiet' };
  const webapp = (await world.bookkeeping.get(WEBAPP, trigger.key)) as WebApp | undefined;
  if (webapp === undefined || webapp.metadata.deletionTimestamp) return { kind: 'gone' };
  if (isIdle(webapp, trigger, world.clock.now())) return { kind: 'quiet' };
  begin(webapp, world);
  try {
    return webapp.spec.suspend
      ? await suspend(webapp, world)
      : await bringAbout(webapp, { trigger, world, ...attempt, child });
  } catch (error) {
    if (isConflict(error)) throw error;
    const failing = { error: classify(error), statusOf: statusOfFailure, record: recordStatus };
    return recordFailure(WEBAPP, webapp, { ...world, ...failing });
  }
}

/** The child that an event is about; undefined for an event about the WebApp itself. */
async function readSubject({ kind, key, full }: Trigger, { cluster }: Surroundings) {
  const of = full ? undefined : CHILD_KINDS.find((child) => child.kind === kind);
  return of && cluster.get(of, key);
}

/** An event about a child that this process has dealt with in this very version needs no more than the read. */
function isOldNews({ metadata }: KubeObject, { handled }: Surroundings): boolean {
  return handled.get(metadata.uid ?? '') === metadata.resourceVersion;
}

function isIdle(webapp: WebApp, { kind, full }: Trigger, now: number): boolean {
  if (isBackingOff(webapp, webapp.status.lastHandledReconcileAt, now)) return true;
  return kind === WEBAPP.kind && !full && isObserved(webapp);
}

function begin(webapp: WebApp, { trace, log }: Surroundings): void {
  const { spec, status } = webapp;
  trace.begin(factsOf(webapp), traceOriginOf(webapp));
  log.info(
    {
      phase: status.phase ?? '',
      'replicas.desired': spec.replicas,
      'replicas.ready': status.readyReplicas ?? 0,
    },
    'Starting reconciliation',
  );
}

/** Anybody may have written the annotation, and a line of the log is no place for any text. */
const REVISION = /^\S{1,250}@sha1:[0-9a-f]{40}$/;

function factsOf(webapp: WebApp): Facts {
  const { generation, resourceVersion } = webapp.metadata;
  const revision = annotation(webapp, ANNOTATION.revision);
  return {
    'webapp.generation': generation,
    'webapp.resourceVersion': resourceVersion,
    ...(REVISION.test(revision) && { revision }),
  };
}

async function suspend(webapp: WebApp, world: Surroundings): Promise<Outcome> {
  // Nothing is to be tried again: a count that stayed would have each tick come back.
  const free = await clearFailures(WEBAPP, webapp, world.cluster);
  await recordStatus(free, statusOfSuspension(free, world.clock.now()), world);
  return { kind: 'settled', webapp, changes: [], unchanged: [] };
}

interface Visit extends Attempt {
  readonly trigger: Trigger;
  readonly world: Surroundings;
  /** The child that the event is about, just read. */
  readonly child: KubeObject | undefined;
}

async function bringAbout(webapp: WebApp, visit: Visit): Promise<Outcome> {
  const { world, written } = visit;
  const live = await world.trace.part({ name: 'read' }, () => readChildren(webapp, visit));
  const planned = plan(webapp, live);
  const lately = { corrections: world.corrections, now: world.clock.now() };
  const contested = contestedIn(webapp, planned, lately);
  const changes = planned.filter((change) => !contested.includes(change));
  const { done: after, record: policy } = await writeGated(
    { webapp, changes, write: () => write(changes, live, { cluster: world.cluster, written }) },
    world,
  );
  noteCorrections(webapp, changes, lately);
  const contest = contestOver(webapp, contested);
  if (contest) throw contest;
  const seen = { children: after, isChanged: changes.length > 0, policy };
  const readyAfterMs = await recordHealth(webapp, seen, world);
  for (const child of after.values()) remember(child, world);
  const done = CHILD_KINDS.flatMap(({ kind }) => written.get(kind) ?? []);
  return {
    ...{ kind: 'settled', webapp, readyAfterMs },
    ...{ changes: done, unchanged: unchangedOf(live, done) },
  };
}

function unchangedOf(live: Children, changes: readonly Change[]): Kind[] {
  const isChanged = (kind: Kind) => changes.some(({ of }) => of === kind);
  return CHILD_KINDS.filter((kind) => live.get(kind.kind) !== undefined && !isChanged(kind));
}

/** Creates are tried before reads for a WebApp nobody has visited; should a child exist, the conflict brings us back. */
async function readChildren(webapp: WebApp, visit: Visit): Promise<Children> {
  const { trigger, world, again, child } = visit;
  if (!again && trigger.kind === WEBAPP.kind && isUntouched(webapp)) {
    return new Map(wantedKinds(webapp).map(({ kind }) => [kind, undefined]));
  }
  const read = async (of: Kind) => {
    const known = child?.kind === of.kind ? child : await world.cluster.get(of, trigger.key);
    return [of.kind, known] as const;
  };
  return new Map(await Promise.all(kindsToRead(webapp, trigger).map(read)));
}

async function write(
  changes: readonly Change[],
  live: Children,
  { cluster, written }: { cluster: Cluster; written: Written },
): Promise<Children> {
  const after = new Map(live);
  const writes = changes.map(async (change) => {
    after.set(change.of.kind, await writeOne(change, cluster));
    written.set(change.of.kind, change);
  });
  // All are let finish, so that one bad child does not leave the rest half done.
  const results = await Promise.allSettled(writes);
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  // A conflict goes first: the next visit may find nothing wrong.
  if (failures.length > 0) throw failures.find(isConflict) ?? failures[0];
  return after;
}

async function writeOne(change: Change, cluster: Cluster): Promise<KubeObject | undefined> {
  switch (change.kind) {
    case 'create':
      return cluster.apply(change.of, change.desired, { manager: OPERATOR, live: undefined });
    case 'apply':
      return apply(change, cluster);
    case 'patch':
      return cluster.patch(change.of, change.live, { type: 'strategic', fields: change.patch });
    case 'delete':
      await cluster.delete(change.of, change.live);
      return undefined;
  }
}

async function apply(
  { of, desired, live, first }: Change & { kind: 'apply' },
  cluster: Cluster,
): Promise<KubeObject> {
  const before = first ? await cluster.patch(of, live, { type: 'strategic', fields: first }) : live;
  return cluster.apply(of, desired, { manager: OPERATOR, live: before });
}

function remember(child: KubeObject | undefined, { handled }: Surroundings): void {
  const { uid, resourceVersion } = child?.metadata ?? {};
  if (uid && resourceVersion) handled.set(uid, resourceVersion);
}
