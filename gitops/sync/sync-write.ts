// One WebApp of a sync: asked of the policies, written where it differs, refused with its findings.
import { errorsIn, type Problem } from '../../policies/problem.ts';
import { ApiError, classify, isConflict, isDeniedByWebhook } from '../api-error.ts';
import type { Cluster } from '../cluster.ts';
import { diff, staleFields } from '../diff.ts';
import { isPermanent, messageOf, RetryableError } from '../errors.ts';
import { WEBAPP } from '../kinds.ts';
import { appliedFields, type KubeObject } from '../objects.ts';
import { afterApply } from '../overlay.ts';
import type { PolicyMeter } from '../policy/meter.ts';
import { denialIn, ParityMismatch } from '../policy/refusal.ts';
import { ANNOTATION, annotation, LABEL, SOURCE_MANAGER, type WebAppSource } from '../webapp.ts';
import { appliedObject } from './applied-object.ts';
import { holdBack, isToldBack, release } from './hold-back.ts';
import { isOurs } from './made-by.ts';
import type { Manifest } from './manifests.ts';
import { ownersFor } from './source-owner.ts';
import type { SyncGate } from './sync-gate.ts';
import type { InventoryEntry } from './sync-plan.ts';

/** How to apply: under which revision, on what inventory, and, where it was listed, over which live WebApps. */
export interface ApplyMode {
  readonly cluster: Cluster;
  readonly revision: string;
  readonly inventory: readonly InventoryEntry[];
  /** The source's WebApps by name, to write only what differs from the files; undefined looks at each by itself. */
  readonly live: ReadonlyMap<string, KubeObject> | undefined;
  /** Whether the time for writing is over; what is left then goes on in the next visit. */
  readonly isOver: () => boolean;
  /** The policies; undefined where there are none. */
  readonly gate?: SyncGate | undefined;
  readonly meter: PolicyMeter;
  /** Left on what is written, for the visits that follow; undefined where nothing is traced. */
  readonly traceparent?: string | undefined;
}

/** One WebApp's end: written, as it was, not got to, refused for good (with findings), or to be tried again. */
export type Result =
  | { readonly kind: 'applied' | 'unchanged' | 'postponed'; readonly problems?: readonly Problem[] }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'failed'; readonly error: unknown; readonly problems?: readonly Problem[] };

export interface One {
  readonly source: WebAppSource;
  readonly manifest: Manifest;
  readonly mode: ApplyMode & { readonly dryRun: boolean };
  /** In the inventory, which tells what is likely there: whose it is by now, only a look does. */
  readonly known: boolean;
}

/** Applies one WebApp, if the policies allow it; else it stays as it is and says so. */
export async function applyOne(one: One): Promise<Result> {
  if (one.mode.isOver()) return { kind: 'postponed' };
  try {
    return await applyOver(one, await lookUp(one));
  } catch (error) {
    // Changed since it was listed; or taken in the cluster though free in the inventory: by us before a crash, or by a
    // stranger.
    return isConflict(error) ? lookAgain(one) : refusedOrFailed(one.manifest, error);
  }
}

async function lookAgain(one: One): Promise<Result> {
  try {
    return await applyOver(one, await read(one));
  } catch (error) {
    return refusedOrFailed(one.manifest, error);
  }
}

/** Somebody may have deleted it since, or made another in its place. One that is new is created, and a conflict tells. */
async function lookUp(one: One): Promise<KubeObject | undefined> {
  const { mode, manifest, known } = one;
  if (mode.live) return mode.live.get(manifest.name);
  return known ? read(one) : undefined;
}

function read({ source, manifest, mode }: One): Promise<KubeObject | undefined> {
  const { namespace = '' } = source.metadata;
  return mode.cluster.get(WEBAPP, { namespace, name: manifest.name });
}

async function applyOver(one: One, live: KubeObject | undefined): Promise<Result> {
  if (live && !isOurs(one.source, live) && annotation(live, ANNOTATION.adopt) !== 'true') {
    const message = strangerMessage(live);
    return { kind: 'refused', problems: [one.manifest.problemAt('metadata.name', message)] };
  }
  if (live?.metadata.deletionTimestamp) throw onItsWayOut(live);
  const desired = webappOf(one);
  if (live && differsOnlyInOrigin(desired, live)) return leave(one, desired, live);
  const ruling = judged(one, desired, { live, gate: one.mode.gate });
  if (ruling?.verdict === 'denied') return keepBack(one, live, ruling.problems);
  return write(one, desired, { live, problems: ruling?.problems ?? [] });
}

/** Its file asks for what it is, so that there is no new version to hold back, whatever policies say of it by now. */
async function leave(one: One, desired: KubeObject, live: KubeObject): Promise<Result> {
  const { gate, dryRun, cluster } = one.mode;
  const ruling = gate?.isBroken ? undefined : judged(one, desired, { live, gate });
  if (!dryRun) await release(live, cluster);
  const problems = ruling?.problems ?? [];
  return { kind: ruling?.verdict === 'denied' ? 'refused' : 'unchanged', problems };
}

interface Asked {
  readonly live: KubeObject | undefined;
  readonly gate: SyncGate | undefined;
}

/** A rehearsal counts only where it comes to an end of its own. */
function judged({ manifest, mode }: One, desired: KubeObject, { live, gate }: Asked) {
  const after = live ? afterApply(live, desired, SOURCE_MANAGER) : desired;
  const ruling = gate?.judge(manifest, { before: live, after });
  if (ruling && (!mode.dryRun || ruling.verdict === 'denied'))
    mode.meter.judged('sync', ruling.verdict);
  return ruling;
}

/** What the API server would refuse before it asks any policy is worth more to a reader than what a policy makes of it. */
async function keepBack(
  one: One,
  live: KubeObject | undefined,
  problems: readonly Problem[],
): Promise<Result> {
  const { source, mode } = one;
  const [first] = errorsIn(problems);
  const reason = { revision: mode.revision, message: first?.message ?? '' };
  const ours = live && isOurs(source, live) ? live : undefined;
  if (ours && isToldBack(ours, reason)) return { kind: 'refused', problems };
  const rejected = await rehearse(one, live);
  if (rejected) return rejected;
  if (ours) await holdBack(ours, reason, mode.cluster);
  return { kind: 'refused', problems };
}

async function rehearse(one: One, live: KubeObject | undefined): Promise<Result | undefined> {
  try {
    await send(one, webappOf(one), { live, dryRun: true });
    return undefined;
  } catch (error) {
    const result = refusedOrFailed(one.manifest, error);
    return result.kind === 'refused' && denialIn(error) === undefined ? result : undefined;
  }
}

async function write(
  one: One,
  desired: KubeObject,
  { live, problems }: { live: KubeObject | undefined; problems: readonly Problem[] },
): Promise<Result> {
  const { cluster, dryRun } = one.mode;
  try {
    const after = await send(one, desired, { live, dryRun });
    if (!dryRun) await release(after, cluster);
    return { kind: 'applied', problems };
  } catch (error) {
    if (denialIn(error) === undefined) throw error;
    return explainDenial(one, error, live);
  }
}

function send(
  { mode }: One,
  desired: KubeObject,
  { live, dryRun }: { live: KubeObject | undefined; dryRun: boolean },
): Promise<KubeObject> {
  return mode.cluster.apply(WEBAPP, desired, { manager: SOURCE_MANAGER, live, dryRun });
}

/**
 * The API server denied what we let pass. That is a mismatch only where the very policy was asked, as it is now: one
 * that is new, or that may not be read here, is an ordinary denial.
 */
async function explainDenial(
  one: One,
  error: unknown,
  live: KubeObject | undefined,
): Promise<Result> {
  const { manifest, mode } = one;
  const { policy, message } = denialIn(error) ?? { policy: '', message: '' };
  const gate = await mode.gate?.refreshed();
  const ruling = judged(one, webappOf(one), { live, gate });
  if (ruling?.verdict === 'denied') return keepBack(one, live, ruling.problems);
  const problems = [manifest.problemAt('', message)];
  if (!ruling?.asked.has(policy)) return keepBack(one, live, problems);
  mode.meter.mismatched('sync');
  const mismatch = new ParityMismatch(`WebApp ${manifest.name}: ${message}`, { cause: error });
  return { kind: 'failed', error: mismatch, problems };
}

/** What is written to it goes with it. */
function onItsWayOut({ metadata }: KubeObject): RetryableError {
  const message = `WebApp ${metadata.name} is being deleted, and is made again once its finalizers let it go`;
  return new RetryableError('WaitingForDeletion', message);
}

function strangerMessage({ metadata }: KubeObject): string {
  const owner = metadata.labels?.[LABEL.source];
  const whose = owner ? `belongs to WebAppSource ${owner}` : 'was not made from Git';
  return `WebApp ${metadata.name} exists and ${whose}: delete it, rename this one, or set the annotation ${ANNOTATION.adopt}=true on it`;
}

/** Where it comes from, which is no reason to write. */
const ORIGIN: ReadonlySet<string> = new Set(
  [ANNOTATION.revision, ANNOTATION.traceparent].map((name) => `metadata.annotations.${name}`),
);

function differsOnlyInOrigin(desired: KubeObject, live: KubeObject): boolean {
  const owned = appliedFields(live, SOURCE_MANAGER) ?? {};
  const stale = staleFields(desired, owned).map((path) => path.slice(1));
  const differing = diff(desired, live).map(({ path }) => path);
  return [...stale, ...differing].every((path) => ORIGIN.has(path));
}

function webappOf({ source: owner, manifest, mode: { revision, traceparent } }: One): KubeObject {
  const { namespace = '', name: source } = owner.metadata;
  const object = appliedObject(manifest, { namespace, source, revision, traceparent });
  return { ...object, metadata: { ...object.metadata, ...ownersFor(owner) } };
}

function refusedOrFailed(manifest: Manifest, thrown: unknown): Result {
  const error = classify(thrown);
  if (!isPermanent(error)) {
    const problems = isDeniedByWebhook(thrown) ? [manifest.problemAt('', messageOf(error))] : [];
    return { kind: 'failed', error, problems };
  }
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
