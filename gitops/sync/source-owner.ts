// spec.deletionPolicy of a source: Delete puts an owner reference of the source on its WebApps, so that the garbage
// collector deletes them after it; no finalizer is needed, and nothing of ours has to run for it.
import pLimit from 'p-limit';
import { classify, isConflict, isKeptOut } from '../api-error.ts';
import type { Cluster } from '../cluster.ts';
import { WEBAPP } from '../kinds.ts';
import type { KubeObject, OwnerReference } from '../objects.ts';
import type { WebAppSource } from '../webapp.ts';
import { isMadeBy, webappsOf } from './made-by.ts';
import { isUnfinished } from './policy-files.ts';

const PARALLEL = 8;

/** Returns the owner references that the source's WebApps should have of it. It controls none: a WebApp may have other owners. */
export function ownersFor(source: WebAppSource): { ownerReferences?: OwnerReference[] } {
  if (source.spec.deletionPolicy !== 'Delete') return {};
  const { apiVersion, kind, metadata } = source;
  return { ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' }] };
}

/**
 * Brings the reference on WebApps that are there to what the policy says, once the spec has changed; without Git, because
 * a source is often deleted when its repository is gone, and a WebApp must not go by a reference that was to be taken away.
 * Returns the first failure.
 */
export async function settleOwners(source: WebAppSource, cluster: Cluster): Promise<unknown> {
  if (!mayBeUnsettled(source)) return undefined;
  const made = await webappsOf(source, cluster);
  const wrong = made.filter((live) => !isSettled(source, live));
  const results = await pLimit(PARALLEL).map(wrong, async (live) => {
    try {
      await settle(source, live, cluster);
      return undefined;
    } catch (error) {
      return classify(error);
    }
  });
  return results.find((failure) => failure !== undefined);
}

function mayBeUnsettled({ metadata, status }: WebAppSource): boolean {
  const isNew = status.observedGeneration !== metadata.generation;
  return (status.inventory ?? []).length > 0 && (isNew || isUnfinished(status));
}

function isSettled(source: WebAppSource, live: KubeObject): boolean {
  const isThere = othersOf(source, live).length < (live.metadata.ownerReferences ?? []).length;
  return isThere === (source.spec.deletionPolicy === 'Delete' && isMadeBy(source, live));
}

function othersOf({ metadata }: WebAppSource, live: KubeObject): OwnerReference[] {
  return (live.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== metadata.uid);
}

/** The whole list is written, whoever applied the reference; the condition on the version keeps the others' entries. */
async function settle(source: WebAppSource, live: KubeObject, cluster: Cluster): Promise<void> {
  const write = (object: KubeObject) => {
    const { ownerReferences = [] } = ownersFor(source);
    const fields = { ownerReferences: [...othersOf(source, object), ...ownerReferences] };
    return cluster.patch(WEBAPP, object, { type: 'merge', fields: { metadata: fields } });
  };
  try {
    await write(live);
  } catch (error) {
    // One that policies keep as it is lives on without the reference; one that has it would go with the source.
    if (isKeptOut(error) && source.spec.deletionPolicy === 'Delete') return;
    if (!isConflict(error)) throw error;
    const { namespace = '', name, uid } = live.metadata;
    const fresh = await cluster.get(WEBAPP, { namespace, name });
    if (fresh?.metadata.uid === uid) await write(fresh as KubeObject);
  }
}
