// What the API server keeps apart in an object: its status from the rest, and a generation where it counts one.
import { DEPLOYMENT, INGRESS, type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';

const WITH_GENERATION = [WEBAPP, WEBAPP_SOURCE, DEPLOYMENT, INGRESS];
const WITH_STATUS = [WEBAPP, WEBAPP_SOURCE, DEPLOYMENT];

/** Returns a new object as it is stored. */
export function fresh(of: Kind, object: KubeObject): KubeObject {
  const { status, metadata, ...rest } = object;
  const generation = WITH_GENERATION.includes(of) ? { generation: 1 } : {};
  const creationTimestamp = new Date().toISOString().replace(/\.\d+/, '');
  const own = { uid: crypto.randomUUID(), creationTimestamp, ...generation };
  const kept = WITH_STATUS.includes(of) || status === undefined ? {} : { status };
  return { ...rest, ...kept, metadata: { ...metadata, ...own } };
}

/** Returns what a write to the object itself may change. */
export function contentOf(of: Kind, { status, ...fields }: KubeObject): object {
  return WITH_STATUS.includes(of) || status === undefined ? fields : { ...fields, status };
}
