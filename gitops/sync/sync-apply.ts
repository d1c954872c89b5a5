// Carries out the plan of a sync. Each WebApp stands for itself: one that is refused or fails holds up no other.
import pLimit from 'p-limit';
import type { Problem } from '../../policies/problem.ts';
import { ApiError, classify, isConflict } from '../api-error.ts';
import type { Cluster } from '../cluster.ts';
import { diff, staleFields } from '../diff.ts';
import { isPermanent } from '../errors.ts';
import { WEBAPP } from '../kinds.ts';
import { appliedFields, type KubeObject } from '../objects.ts';
import { ANNOTATION, annotation, LABEL, SOURCE_MANAGER, type WebAppSource } from '../webapp.ts';
import type { Manifest } from './manifests.ts';
import type { InventoryEntry, SyncPlan } from './sync-plan.ts';

/** What came of a plan. */
export interface Applied {
  readonly inventory: readonly InventoryEntry[];
  readonly problems: readonly Problem[];
  readonly failure?: unknown;
  readonly applied: readonly string[];
  readonly pruned: readonly string[];
  /** How many WebApps the time did not suffice for. */
  readonly postponed: number;
}

/** How to apply: under which revision, on what inventory, and, where it was listed, over which live WebApps. */
export interface ApplyMode {
  readonly cluster: Cluster;
  readonly revision: string;
  readonly inventory: readonly InventoryEntry[];
  /** The source's WebApps by name, to write only what differs from the files; undefined writes without looking. */
  readonly live: ReadonlyMap<string, KubeObject> | undefined;
  /** Whether the time for writing is over; what is left then goes on in the next visit. */
  readonly isOver: () => boolean;
}

/** One WebApp's end: written, as it was, not got to, refused for good (with findings), or to be tried again. */
type Result =
  | { readonly kind: 'applied' | 'unchanged' | 'postponed' }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'failed'; readonly error: unknown };

const PARALLEL_WRITES = 8;

/** Applies and prunes what the plan says and returns what is there now. With spec.atomic nothing is done when anything is wrong. */
export async function applyPlan(
  source: WebAppSource,
  plan: SyncPlan,
  mode: ApplyMode,
): Promise<Applied> {
  const before = mode.inventory;
  if (source.spec.atomic) {
    // All or nothing cannot be judged in parts, so the rehearsal takes the time it needs.
    const rehearsal = await applyAll(source, plan, { ...mode, isOver: () => false, dryRun: true });
    const problems = [...plan.problems, ...rehearsal.problems];
    if (problems.length > 0 || rehearsal.failure !== undefined) {
      return { ...rehearsal, inventory: before, problems, applied: [], pruned: [] };
    }
  }
  const written = await applyAll(source, plan, { ...mode, dryRun: false });
  const pruned = await pruneAll(source, written.postponed > 0 ? [] : plan.prune, mode.cluster);
  const failure = written.failure ?? pruned.failure;
  return {
    inventory: [
      ...plan.kept,
      ...written.inventory,
      ...before.filter(({ name }) => plan.prune.includes(name) && !pruned.done.has(name)),
    ],
    problems: [...plan.problems, ...written.problems],
    applied: written.applied,
    pruned: pruned.gone,
    postponed: written.postponed,
    ...(failure !== undefined && { failure }),
  };
}

async function applyAll(
  source: WebAppSource,
  plan: SyncPlan,
  mode: ApplyMode & { dryRun: boolean },
) {
  const before = new Set(mode.inventory.map(({ name }) => name));
  const results = await pLimit(PARALLEL_WRITES).map(plan.apply, async (manifest) => ({
    manifest,
    result: await applyOne({ source, manifest, mode, known: before.has(manifest.name) }),
  }));
  const failed = results.flatMap(({ result }) => (result.kind === 'failed' ? [result] : []));
  return {
    // One that failed may have been made all the same, so it is listed: a prune looks before it deletes.
    inventory: results
      .filter(({ manifest, result }) => MAY_BE_THERE.has(result.kind) || before.has(manifest.name))
      .map(({ manifest: { name, path } }) => ({ name, path })),
    problems: results.flatMap(({ result }) => (result.kind === 'refused' ? result.problems : [])),
    applied: results
      .filter(({ result }) => result.kind === 'applied')
      .map(({ manifest }) => manifest.name),
    postponed: results.filter(({ result }) => result.kind === 'postponed').length,
    ...(failed[0] && { failure: failed[0].error }),
  };
}

const MAY_BE_THERE: ReadonlySet<Result['kind']> = new Set(['applied', 'unchanged', 'failed']);

interface One {
  readonly source: WebAppSource;
  readonly manifest: Manifest;
  readonly mode: ApplyMode & { readonly dryRun: boolean };
  /** In the inventory: ours, so that it may be written without a look. */
  readonly known: boolean;
}

async function applyOne(one: One): Promise<Result> {
  const { mode, manifest } = one;
  if (mode.isOver()) return { kind: 'postponed' };
  const desired = webappOf(one);
  try {
    if (mode.live === undefined && one.known) return await write(one, desired, 'any');
    return await writeOver(one, desired, mode.live?.get(manifest.name));
  } catch (error) {
    // Taken in the cluster though free in the inventory: by us before a crash, or by a stranger.
    return isConflict(error) ? lookAgain(one, desired) : refusedOrFailed(manifest, error);
  }
}

async function lookAgain(one: One, desired: KubeObject): Promise<Result> {
  const { namespace = '', name } = desired.metadata;
  try {
    return await writeOver(one, desired, await one.mode.cluster.get(WEBAPP, { namespace, name }));
  } catch (error) {
    return refusedOrFailed(one.manifest, error);
  }
}

async function writeOver(
  one: One,
  desired: KubeObject,
  live: KubeObject | undefined,
): Promise<Result> {
  if (live && !isOurs(one.source, live) && annotation(live, ANNOTATION.adopt) !== 'true') {
    const message = strangerMessage(live);
    return { kind: 'refused', problems: [one.manifest.problemAt('metadata.name', message)] };
  }
  if (live && differsOnlyInRevision(desired, live)) return { kind: 'unchanged' };
  return write(one, desired, live);
}

async function write(
  { mode }: One,
  desired: KubeObject,
  live: KubeObject | 'any' | undefined,
): Promise<Result> {
  await mode.cluster.apply(WEBAPP, desired, { manager: SOURCE_MANAGER, live, dryRun: mode.dryRun });
  return { kind: 'applied' };
}

function strangerMessage({ metadata }: KubeObject): string {
  const owner = metadata.labels?.[LABEL.source];
  const whose = owner ? `belongs to WebAppSource ${owner}` : 'was not made from Git';
  return `WebApp ${metadata.name} exists and ${whose}: delete it, rename this one, or set the annotation ${ANNOTATION.adopt}=true on it`;
}

function differsOnlyInRevision(desired: KubeObject, live: KubeObject): boolean {
  const revision = `metadata.annotations.${ANNOTATION.revision}`;
  const owned = appliedFields(live, SOURCE_MANAGER) ?? {};
  const stale = staleFields(desired, owned);
  return stale.length === 0 && diff(desired, live).every(({ path }) => path === revision);
}

function isOurs({ metadata }: WebAppSource, live: KubeObject): boolean {
  return live.metadata.labels?.[LABEL.source] === metadata.name;
}

function webappOf({ source: { metadata }, manifest, mode }: One): KubeObject {
  const { namespace = '', name: source } = metadata;
  const { name, labels, annotations, spec } = manifest;
  return {
    apiVersion: WEBAPP.apiVersion,
    kind: WEBAPP.kind,
    metadata: {
      name,
      namespace,
      labels: { ...labels, [LABEL.source]: source },
      annotations: { ...annotations, [ANNOTATION.revision]: mode.revision },
    },
    spec,
  };
}

function refusedOrFailed(manifest: Manifest, thrown: unknown): Result {
  const error = classify(thrown);
  if (!isPermanent(error)) return { kind: 'failed', error };
  const causes = thrown instanceof ApiError ? thrown.causes : [];
  const problems = causes.map(({ field, message }) =>
    // The CRD's one rule about the object as a whole is about its name.
    field === ''
      ? manifest.problemAt('metadata.name', message)
      : manifest.problemAt(field, `${field}: ${message}`),
  );
  return {
    kind: 'refused',
    problems: problems.length > 0 ? problems : [manifest.problemAt('', error.message)],
  };
}

async function pruneAll(source: WebAppSource, names: readonly string[], cluster: Cluster) {
  const limit = pLimit(PARALLEL_WRITES);
  const gone: string[] = [];
  /** Deleted, or found to be nothing of ours to delete. */
  const done = new Set<string>();
  const prune = async (name: string) => {
    if (await pruneOne(source, name, cluster)) gone.push(name);
    done.add(name);
  };
  const wanted = source.spec.prune ? names : [];
  const results = await Promise.allSettled(wanted.map((name) => limit(prune, name)));
  const failed = results.find((result) => result.status === 'rejected');
  return { gone, done, ...(failed && { failure: classify(failed.reason) }) };
}

/** Deletes a WebApp that still is ours, on condition of the version just read; returns whether it did. */
async function pruneOne(source: WebAppSource, name: string, cluster: Cluster): Promise<boolean> {
  const { namespace = '' } = source.metadata;
  const live = await cluster.get(WEBAPP, { namespace, name });
  if (live === undefined || !isOurs(source, live)) return false;
  if (annotation(live, ANNOTATION.prune) === 'disabled') return false;
  await cluster.delete(WEBAPP, live);
  return true;
}
