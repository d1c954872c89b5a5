// A new revision of the functions gets the requests step by step, and loses them all when it fails more often than the
// one before it. All that is known of a rollout is the traffic of the Services: one that is broken off is taken up there.
import { isConflict } from '../../gitops/api-error.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { messageOf } from '../../gitops/errors.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import { type Counts, judge, type Limits, shareOf, type Verdict } from './judge.ts';
import {
  KNATIVE_SERVICE,
  type KnativeService,
  releaseOf,
  revisionsServing,
  withTraffic,
} from './knative-service.ts';

/** What a rollout goes by; times in milliseconds. */
export interface Plan extends Limits {
  /** Percent of the requests that the new revisions get, one after the other; the last is 100. */
  readonly steps: readonly number[];
  /** How long a step lasts at least. */
  readonly stepMs: number;
  /** How long a step may last, and how long a revision may take to be ready. */
  readonly patienceMs: number;
  /** Between two looks. */
  readonly lookMs: number;
}

/** What a rollout works with. */
export interface Means {
  readonly cluster: Pick<Cluster, 'get' | 'apply'>;
  /** Returns what some revisions did in the last `seconds`. */
  counts(revisions: readonly string[], seconds: number): Promise<Counts>;
  now(): number;
  sleep(ms: number): Promise<unknown>;
  say(line: string): void;
}

/** How a rollout ended. */
export type End =
  | { readonly kind: 'settled' | 'promoted' }
  | { readonly kind: 'rolled back' | 'not ready'; readonly why: string };

const MANAGER = 'webapp-rollout';
const ATTEMPTS = 5;

interface Change {
  readonly key: ObjectKey;
  readonly stable: string;
  readonly canary: string;
}

/** Keeps all requests at the revisions that have them now, whatever is deployed next. Throws amid a rollout. */
export async function pin(services: readonly ObjectKey[], means: Means): Promise<void> {
  const found: Change[] = [];
  for (const key of services) {
    const service = await means.cluster.get(KNATIVE_SERVICE, key);
    const [stable, ...others] = service ? revisionsServing(service as KnativeService) : [];
    if (others.length > 0)
      throw new Error(`${key.name} is amid a rollout, to ${[stable, ...others].join(' and ')}`);
    if (stable) found.push({ key, stable, canary: '' });
    else means.say(`${key.name}: nothing to keep, as no revision has been ready`);
  }
  for (const change of found) {
    await shift(change, 0, means);
    means.say(`${change.key.name}: all requests stay at ${change.stable}`);
  }
}

/** Brings all requests to the newest revisions of these Services together, or leaves none with them. */
export async function rollOut(
  services: readonly ObjectKey[],
  plan: Plan,
  means: Means,
): Promise<End> {
  const changes: Change[] = [];
  for (const key of services) {
    const release = await whenReady(key, plan, means);
    if (release.kind === 'starting')
      return { kind: 'not ready', why: `${key.name}: ${release.why}` };
    if (release.kind === 'canary') changes.push({ key, ...release });
  }
  if (changes.length === 0) return { kind: 'settled' };
  try {
    return await climb(changes, plan, means);
  } catch (error) {
    // Whoever calls again begins anew; meanwhile nobody looks after the new revisions.
    await shiftAll(changes, 0, means);
    throw error;
  }
}

async function climb(changes: readonly Change[], plan: Plan, means: Means): Promise<End> {
  for (const percent of plan.steps) {
    await shiftAll(changes, percent, means);
    const why = await watch(changes, plan, means);
    if (why === undefined) continue;
    await shiftAll(changes, 0, means);
    return { kind: 'rolled back', why: `at ${percent} %: ${why}` };
  }
  return { kind: 'promoted' };
}

async function whenReady(key: ObjectKey, { patienceMs, lookMs }: Plan, means: Means) {
  const until = means.now() + patienceMs;
  for (;;) {
    const release = releaseOf(await read(key, means));
    if (release.kind !== 'starting' || means.now() >= until) return release;
    await means.sleep(lookMs);
  }
}

/** Looks at a step until it is over. Returns why the new revisions must not stay, or nothing. */
async function watch(
  changes: readonly Change[],
  plan: Plan,
  means: Means,
): Promise<string | undefined> {
  const start = means.now();
  for (;;) {
    await means.sleep(plan.lookMs);
    const elapsed = means.now() - start;
    const { verdict, seen } = await look(changes, elapsed, [plan, means]);
    if (verdict === 'worse') return seen;
    if (verdict === 'good' && elapsed >= plan.stepMs) return undefined;
    if (elapsed >= plan.patienceMs) return `${WHY[verdict]}: ${seen}`;
  }
}

interface Look {
  readonly verdict: Verdict | 'blind';
  readonly seen: string;
}

/** Prometheus may be away for a while, as it is when it is started anew. */
async function look(
  changes: readonly Change[],
  elapsedMs: number,
  [plan, means]: readonly [Plan, Means],
): Promise<Look> {
  const counts = (of: 'canary' | 'stable') =>
    means.counts(
      changes.map((change) => change[of]),
      elapsedMs / 1_000,
    );
  try {
    const [canary, stable] = await Promise.all([counts('canary'), counts('stable')]);
    const seen = `new ${textOf(canary)}, stable ${textOf(stable)}`;
    return { verdict: judge(canary, stable, plan), seen };
  } catch (error) {
    return { verdict: 'blind', seen: messageOf(error) };
  }
}

const WHY: Readonly<Record<Exclude<Look['verdict'], 'worse'>, string>> = {
  good: 'no time is left',
  alike: 'both fail, so nothing can be said',
  few: 'too few visits to say anything',
  blind: 'Prometheus cannot be asked',
};

function textOf(counts: Counts): string {
  const { visits, failed } = counts;
  const percent = (100 * shareOf(counts)).toFixed(1);
  return `${failed.toFixed(0)} of ${visits.toFixed(0)} failed (${percent} %)`;
}

async function shiftAll(changes: readonly Change[], percent: number, means: Means): Promise<void> {
  for (const change of changes) await shift(change, percent, means);
  const names = changes.map(({ canary }) => canary).join(', ');
  means.say(`${percent} % of the requests go to ${names}`);
}

/** Knative writes the status at any time, so that a write may find another version than was read. */
async function shift(change: Change, percent: number, means: Means): Promise<void> {
  for (let left = ATTEMPTS; ; left--) {
    const live = await read(change.key, means);
    try {
      const desired = withTraffic(live, change, percent);
      return void (await means.cluster.apply(KNATIVE_SERVICE, desired, { manager: MANAGER, live }));
    } catch (error) {
      if (left === 1 || !isConflict(error)) throw error;
    }
  }
}

async function read(key: ObjectKey, { cluster }: Means): Promise<KnativeService> {
  const service = await cluster.get(KNATIVE_SERVICE, key);
  if (service === undefined)
    throw new Error(`there is no Knative Service ${key.namespace}/${key.name}`);
  return service as KnativeService;
}
