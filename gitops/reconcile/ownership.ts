// Whose a child is. With deletionPolicy Delete an owner reference says so, and the garbage collector goes by it; with
// Orphan an annotation does, which nobody but us goes by.
import { PermanentError, RetryableError } from '../errors.ts';
import { WEBAPP } from '../kinds.ts';
import {
  controllerOf,
  hasWritten,
  isApplyOf,
  type KubeObject,
  type ObjectMeta,
} from '../objects.ts';
import { ANNOTATION, annotation, OPERATOR, type WebApp } from '../webapp.ts';

/** Returns the metadata that makes an object the WebApp's child. */
export function ownershipOf(
  webapp: WebApp,
): Pick<ObjectMeta, 'annotations'> | Pick<ObjectMeta, 'ownerReferences'> {
  const { apiVersion, kind, metadata, spec } = webapp;
  const { name, uid = '' } = metadata;
  if (spec.deletionPolicy === 'Orphan') return { annotations: { [ANNOTATION.ownerUid]: uid } };
  const owner = { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
  return { ownerReferences: [owner] };
}

/**
 * Returns whether the object is this WebApp's child, under either policy; a WebApp made again under the name is another.
 * The annotation counts only where we have written it: copied with a manifest, it would let us delete what is not ours.
 */
export function isOwned({ metadata }: WebApp, live: KubeObject): boolean {
  const owner = controllerOf(live);
  if (owner) return owner.uid === metadata.uid;
  const path = ['f:metadata', 'f:annotations', `f:${ANNOTATION.ownerUid}`];
  return annotation(live, ANNOTATION.ownerUid) === metadata.uid && hasWritten(live, OPERATOR, path);
}

/**
 * Returns a strategic merge patch that takes our reference off a child to be orphaned, where an apply of ours cannot
 * because the reference is somebody else's, too; undefined otherwise.
 */
export function releasePatch(webapp: WebApp, live: KubeObject): object | undefined {
  const { metadata, spec } = webapp;
  const { ownerReferences = [], managedFields = [] } = live.metadata;
  const isThere = ownerReferences.some(({ uid }) => uid === metadata.uid);
  const isToGo = isThere && live.metadata.deletionTimestamp === undefined;
  if (spec.deletionPolicy !== 'Orphan' || !isToGo) return undefined;
  const item = `k:{"uid":"${metadata.uid}"}`;
  const writers = managedFields.filter(
    ({ fieldsV1 }) => fieldsV1?.['f:metadata']?.['f:ownerReferences']?.[item],
  );
  const isOnlyOurs = writers.length > 0 && writers.every((entry) => isApplyOf(entry, OPERATOR));
  if (isOnlyOurs) return undefined;
  const reference = { $patch: 'delete', uid: metadata.uid };
  return { metadata: { ...ownershipOf(webapp), ownerReferences: [reference] } };
}

/** Throws where the object is another owner's, or nobody's and without consent. */
export function refuseStranger(webapp: WebApp, live: KubeObject): void {
  if (isOwned(webapp, live)) return;
  const { metadata } = webapp;
  const owner = controllerOf(live);
  const what = `${live.kind} ${metadata.namespace}/${metadata.name}`;
  if (owner === undefined) {
    if (annotation(live, ANNOTATION.adopt) === 'true') return;
    throw withoutConsent(live, what);
  }
  if (owner.kind === WEBAPP.kind && owner.name === metadata.name) {
    throw new RetryableError(
      'WaitingForGarbageCollection',
      `${what} belongs to an earlier WebApp of this name and is about to be collected`,
    );
  }
  throw new PermanentError(
    'NameConflict',
    `${what} is controlled by ${owner.kind} ${owner.name}: rename the WebApp or remove that owner`,
  );
}

/** What an earlier WebApp has left needs the same consent: whoever kept it may rely on its staying as it is. */
function withoutConsent(live: KubeObject, what: string): PermanentError {
  const isLeft = annotation(live, ANNOTATION.ownerUid) !== '';
  const whose = isLeft ? 'was left by an earlier WebApp' : 'was not made for this WebApp';
  return new PermanentError(
    'NameConflict',
    `${what} exists and ${whose}: delete it, rename the WebApp, or set the annotation ${ANNOTATION.adopt}=true on it`,
  );
}
