// What a sync sees before it writes anything: the commit, the files to look at, the WebApps as they are, the policies.
import type { Problem } from '../../policies/problem.ts';
import type { Clock } from '../attempts.ts';
import type { Cluster } from '../cluster.ts';
import type { Log } from '../log.ts';
import type { KubeObject } from '../objects.ts';
import type { PolicyReader } from '../policy/reader.ts';
import type { Repositories, Snapshot } from '../repository.ts';
import type { Trace } from '../trace.ts';
import type { WebAppSource } from '../webapp.ts';
import { isHeldBack } from './hold-back.ts';
import { isMadeBy, webappsOf } from './made-by.ts';
import type { ManifestFile } from './manifests.ts';
import { isUnfinished, policiesMayHaveMoved } from './policy-files.ts';
import { isBundleMissing } from './publish-policies.ts';
import { awaitReplicas, refuseFetch, triedIn } from './set-back.ts';
import { credentialsOf, isOfPolicies, readChanged, readWhole } from './source-files.ts';
import { commitOf, revisionOf } from './source-status.ts';
import { openGate, type SyncGate } from './sync-gate.ts';
import { type InventoryEntry, planSync, type SyncPlan } from './sync-plan.ts';
import type { HeldText } from './text-room.ts';

interface SurveyWorld {
  readonly cluster: Cluster;
  readonly repositories: Repositories;
  readonly text: HeldText;
  readonly policies: PolicyReader;
  readonly clock: Clock;
  readonly log: Log;
  readonly trace: Trace;
  readonly signal: AbortSignal;
}

/** What a sync goes by. */
export interface Survey {
  readonly snapshot: Snapshot;
  /** The commit as branch@sha1:commit. */
  readonly revision: string;
  readonly files: readonly ManifestFile[];
  /** Whether these are all files there are. */
  readonly whole: boolean;
  /** The source's WebApps by name; undefined where each that changed is looked at by itself. */
  readonly live: ReadonlyMap<string, KubeObject> | undefined;
  readonly inventory: readonly InventoryEntry[];
  /** Undefined where no policy has a say, or nothing is to be asked. */
  readonly gate: SyncGate | undefined;
  readonly plan: SyncPlan;
}

/** Reads what the sync needs. `full` compares every file with the cluster. */
export async function surveySource(
  source: WebAppSource,
  full: boolean,
  world: SurveyWorld,
): Promise<Survey> {
  const { cluster, trace } = world;
  const snapshot = await trace.part({ name: 'fetch' }, () => fetchSource(source, full, world));
  const revision = revisionOf(source.spec.branch, snapshot.commit);
  trace.note({ revision });
  const changed = await readChanged(source, snapshot);
  const moved =
    (await policiesMayHaveMoved(source, snapshot)) || (await isBundleMissing(source, cluster));
  const isNew = snapshot.history === 'first' || snapshot.history === 'rewritten';
  const live = await lookAt(source, { full, isNew, moved }, cluster);
  // Who was good before may fail now, and who was held back may be free, whatever happened to its file.
  const again = moved || [...(live?.values() ?? [])].some(isHeldBack);
  const whole = isNew || again;
  const files = again && !isNew ? await readWhole(source, snapshot) : changed;
  const asked = moved || files.some(({ manifests }) => manifests.length > 0);
  const gate = asked ? await openGate(source, snapshot, world) : undefined;
  const inventory = withOrphans(source, live);
  const plan = planSync(inventory, files, { whole });
  return { snapshot, revision, files, whole, live, inventory, gate, plan };
}

/**
 * Another spec may mean other files, so that what was applied last tells nothing of what has changed. Nor does it after
 * a commit of which only a part was applied: a file that goes back to what it was before has to be applied, too.
 */
async function fetchSource(source: WebAppSource, full: boolean, world: SurveyWorld) {
  const { spec, status, metadata } = source;
  const { signal, log, cluster, repositories, text, clock } = world;
  const { url, branch, verify: signers } = spec;
  const moved = status.observedGeneration !== metadata.generation;
  const applied = commitOf(branch, status.lastAppliedRevision);
  const since = full || moved || isUnfinished(status) ? undefined : applied;
  const tried = triedIn(source);
  const credentials = await credentialsOf(source, cluster);
  const request = {
    url,
    branch,
    signal,
    ...(since && { since }),
    ...(tried && { tried }),
    ...(signers && { signers: { ...signers, ...(applied && { since: applied }) } }),
    ...(credentials && { credentials }),
  };
  const snapshot = await repositories
    .fetch(request)
    .catch((error: unknown) => refuseFetch(source, error, clock.now()));
  const { commit, history, signer, setBack } = snapshot;
  if (setBack) awaitReplicas(source, { commit, fate: 'followed' }, clock.now());
  if (history === 'rewritten')
    log.warn({ commit, since }, 'Branch was rewritten; all files are read again');
  else log.info({ commit, history, since, signer }, 'Fetched repository');
  text.begin();
  return counted(snapshot, text);
}

function counted(snapshot: Snapshot, held: HeldText): Snapshot {
  return {
    ...snapshot,
    async readText(blob) {
      const text = await snapshot.readText(blob);
      held.add(text.length);
      return text;
    },
  };
}

interface Reasons {
  readonly full: boolean;
  readonly isNew: boolean;
  readonly moved: boolean;
}

/**
 * Returns the live WebApps of the source where most may be as they should: one list is cheaper then than a look at
 * each. Undefined where only the files that changed are looked at.
 */
async function lookAt(
  source: WebAppSource,
  { full, isNew, moved }: Reasons,
  cluster: Cluster,
): Promise<Map<string, KubeObject> | undefined> {
  const { inventory = [] } = source.status;
  const may = (isNew || moved) && inventory.length > 0;
  return full || isUnfinished(source.status) || may ? listMade(source, cluster) : undefined;
}

async function listMade(source: WebAppSource, cluster: Cluster): Promise<Map<string, KubeObject>> {
  const made = await webappsOf(source, cluster);
  return new Map(made.map((webapp) => [webapp.metadata.name, webapp]));
}

/** One made just before a crash carries our label but is in no inventory yet. */
function withOrphans(
  source: WebAppSource,
  live: ReadonlyMap<string, KubeObject> = new Map(),
): readonly InventoryEntry[] {
  const { inventory = [] } = source.status;
  const known = new Set(inventory.map(({ name }) => name));
  const orphans = [...live].filter(([name, each]) => !known.has(name) && isMadeBy(source, each));
  return [...inventory, ...orphans.map(([name]) => ({ name, path: '' }))];
}

/**
 * Returns what is wrong with the policies, and what an earlier sync found in files that this one had no reason to look at.
 */
export function stillTold(
  source: WebAppSource,
  { whole, files, gate, plan }: Pick<Survey, 'whole' | 'files' | 'gate' | 'plan'>,
): Problem[] {
  const told = (source.status.problems ?? []) as readonly Problem[];
  const read = new Set(files.map(({ path }) => path));
  const kept = new Set(plan.kept.map(({ path }) => path).filter((path) => !read.has(path)));
  const ofWebApps = whole ? [] : told.filter(({ path }) => kept.has(path));
  const ofPolicies = gate?.problems ?? told.filter(({ path }) => isOfPolicies(source, path));
  return [...ofPolicies, ...ofWebApps];
}
