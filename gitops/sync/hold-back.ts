// Writes on a WebApp why its new version was not applied, and takes that away again.
import { isConflict, isKeptOut } from '../api-error.ts';
import type { Cluster } from '../cluster.ts';
import { heldBackOf, writeHeldBack } from '../held-back.ts';
import { WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { ANNOTATION, annotating, annotation } from '../webapp.ts';

/** A commit, as branch@sha1:commit, and why it was not applied. */
export interface Reason {
  readonly revision: string;
  readonly message: string;
}

/** Returns whether the WebApp already says so. */
export function isToldBack(live: KubeObject, { revision, message }: Reason): boolean {
  return annotation(live, ANNOTATION.heldBack) === textFor(live, { revision, message });
}

/** Says why the WebApp keeps the version it has. */
export async function holdBack(live: KubeObject, reason: Reason, cluster: Cluster): Promise<void> {
  if (isToldBack(live, reason)) return;
  await annotate(live, (fresh) => textFor(fresh, reason), cluster);
}

/** Says so no longer. */
export async function release(live: KubeObject, cluster: Cluster): Promise<void> {
  if (annotation(live, ANNOTATION.heldBack) === '') return;
  await annotate(live, () => null, cluster);
}

/** Returns whether a version of the WebApp is held back. */
export function isHeldBack(live: KubeObject): boolean {
  return heldBackOf(live) !== undefined;
}

function textFor(live: KubeObject, reason: Reason): string {
  return writeHeldBack({ ...reason, kept: annotation(live, ANNOTATION.revision) });
}

/**
 * A visit often writes a status meanwhile, which changes nothing about this. A WebApp that breaks the policies as it is
 * may not be written to at all; then the source alone tells.
 */
async function annotate(
  live: KubeObject,
  valueFor: (live: KubeObject) => string | null,
  cluster: Cluster,
): Promise<void> {
  const write = (object: KubeObject) => {
    const fields = annotating(ANNOTATION.heldBack, valueFor(object));
    return cluster.patch(WEBAPP, object, { type: 'merge', fields });
  };
  try {
    await write(live);
  } catch (error) {
    if (isKeptOut(error)) return;
    if (!isConflict(error)) throw error;
    const { namespace = '', name, uid } = live.metadata;
    const fresh = await cluster.get(WEBAPP, { namespace, name });
    if (fresh?.metadata.uid === uid) await write(fresh as KubeObject);
  }
}
