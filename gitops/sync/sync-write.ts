// One WebApp of a sync: asked of the policies, written where it differs, refused with its findings.
import type { Problem } from '../../policies/problem.ts';
import { ApiError, classify, isConflict, isKeptOut } from '../api-error.ts';
import type { Cluster } from '../cluster.ts';
import { diff, staleFields } from '../diff.ts';
import { isPermanent } from '../errors.ts';
import { heldBackOf, writeHeldBack } from '../held-back.ts';
import { WEBAPP } from '../kinds.ts';
import { appliedFields, type KubeObject } from '../objects.ts';
import { ANNOTATION, annotation, LABEL, SOURCE_MANAGER, type WebAppSource } from '../webapp.ts';
import type { Manifest } from './manifests.ts';
import type { SyncGate } from './sync-gate.ts';
import type { InventoryEntry } from './sync-plan.ts';

/** How to apply: under which revision, on what inventory, and, where it was listed, over which live WebApps. */
export interface ApplyMode {
  readonly cluster: Cluster;
  readonly revision: string;
  readonly inventory: readonly InventoryEntry[];
  /** The source's WebApps by name, to write only what differs from the files; undefined writes without looking. */
  readonly live: ReadonlyMap<string, KubeObject> | undefined;
  /** Whether the time for writing is over; what is left then goes on in the next visit. */
  readonly isOver: () => boolean;
  /** The policies; undefined where there are none. */
  readonly gate?: SyncGate | undefined;
}

/** One WebApp's end: written, as it was, not got to, refused for good (with findings), or to be tried again. */
export type Result =
  | { readonly kind: 'applied' | 'unchanged' | 'postponed'; readonly problems?: readonly Problem[] }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface One {
  readonly source: WebAppSource;
  readonly manifest: Manifest;
  readonly mode: ApplyMode & { readonly dryRun: boolean };
  /** In the inventory: ours, so that it may be written without a look. */
  readonly known: boolean;
}

/** Applies one WebApp, if the policies allow it; else it stays as it is and says so. */
export async function applyOne(one: One): Promise<Result> {
  const { mode, manifest } = one;
  if (mode.isOver()) return { kind: 'postponed' };
  if (mode.gate === undefined) return applyUngated(one);
  try {
    return await applyGated(one, mode.gate);
  } catch (error) {
    return refusedOrFailed(manifest, error);
  }
}

async function applyGated(one: One, gate: SyncGate): Promise<Result> {
  const { manifest, mode, source } = one;
  const { namespace = '' } = source.metadata;
  const key = { namespace, name: manifest.name };
  const live = mode.live?.get(manifest.name) ?? (await mode.cluster.get(WEBAPP, key));
  const problems = gate.findings(manifest, webappOf(one), live);
  const errors = problems.filter(({ severity }) => severity === undefined);
  const ours = live !== undefined && isOurs(source, live) ? live : undefined;
  if (errors[0]) {
    await holdBack(one, ours, errors[0].message);
    return { kind: 'refused', problems };
  }
  const result = await applyUngated(one);
  if (result.kind === 'unchanged') await holdBack(one, ours, undefined);
  return result.kind === 'failed' || result.kind === 'refused' ? result : { ...result, problems };
}

/**
 * Writes why the live WebApp keeps its version, or takes that away where its file is as it was again. One that breaks the
 * policies as it is cannot be told so; the source tells.
 */
async function holdBack({ mode }: One, live: KubeObject | undefined, message: string | undefined) {
  if (live === undefined || mode.dryRun) return;
  const before = heldBackOf(live);
  if (before?.message === message) return;
  const kept = annotation(live, ANNOTATION.revision);
  const value =
    message === undefined ? null : writeHeldBack({ revision: mode.revision, kept, message });
  const fields = { metadata: { annotations: { [ANNOTATION.heldBack]: value } } };
  try {
    await mode.cluster.patch(WEBAPP, live, { type: 'merge', fields });
  } catch (error) {
    if (!isKeptOut(error)) throw error;
  }
}

async function applyUngated(one: One): Promise<Result> {
  const { mode, manifest } = one;
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

export function isOurs({ metadata }: WebAppSource, live: KubeObject): boolean {
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
