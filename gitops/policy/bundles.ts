// What a WebAppSource has published of its policies. One that asks for policies and has published none is not one without
// policies: nobody knows what they would say, so that nothing may pass.
import { LRUCache } from 'lru-cache';
import type { PolicyFile } from '../../policies/index.ts';
import type { Cluster } from '../cluster.ts';
import { POLICY_BUNDLE, WEBAPP_SOURCE } from '../kinds.ts';
import type { KubeObject, ObjectKey } from '../objects.ts';
import type { PolicyBundleSpec } from '../webapp.gen.ts';
import { ANNOTATION, type WebAppSource } from '../webapp.ts';

/** What is found of a source: no policies, the files of its bundle, or why there is none that should be there. */
export type Published =
  | { readonly kind: 'none' }
  | { readonly kind: 'bundle'; readonly files: readonly PolicyFile[] }
  | { readonly kind: 'missing'; readonly message: string };

const NONE: Published = { kind: 'none' };
/** Sources that are remembered; forgetting one costs a read. */
const MAX_REMEMBERED = 10_000;

/**
 * Reads bundles. What it remembers is which object to look at first, so that a source of either kind costs one read. Both
 * ways find the same, but for a bundle whose source has just ceased to ask for it: until a sync takes it away, either is
 * right.
 */
export class BundleReader {
  readonly #withoutBundle = new LRUCache<string, true>({ max: MAX_REMEMBERED });

  /** Returns what the source of that name has published. */
  async read(cluster: Cluster, key: ObjectKey): Promise<Published> {
    const id = `${key.namespace}/${key.name}`;
    const first = this.#withoutBundle.has(id) ? undefined : await bundleOf(cluster, key);
    if (first) return first;
    const found = await withoutBundle(cluster, key);
    if (found.kind === 'none') this.#withoutBundle.set(id, true);
    else this.#withoutBundle.delete(id);
    return found;
  }
}

/** A bundle is looked for after its source was read, as it may have come in between. */
async function withoutBundle(cluster: Cluster, key: ObjectKey): Promise<Published> {
  const source = (await cluster.get(WEBAPP_SOURCE, key)) as WebAppSource | undefined;
  if (source && source.spec.policies === undefined) return NONE;
  const bundle = await bundleOf(cluster, key);
  if (bundle) return bundle;
  // One that is on its way out publishes nothing any more, and leaves its WebApps.
  if (source === undefined || source.metadata.deletionTimestamp) return NONE;
  return { kind: 'missing', message: missingMessage(source) };
}

async function bundleOf(cluster: Cluster, key: ObjectKey): Promise<Published | undefined> {
  const bundle: KubeObject | undefined = await cluster.get(POLICY_BUNDLE, key);
  return bundle && { kind: 'bundle', files: (bundle.spec as PolicyBundleSpec).files };
}

function missingMessage({ metadata: { name }, spec }: WebAppSource): string {
  const what = `PolicyBundle ${name} is missing, and WebAppSource ${name} asks for the policies in ${spec.policies?.path}`;
  const todo = spec.suspend
    ? 'resume the WebAppSource (spec.suspend)'
    : `see in the status of the WebAppSource why, and set its annotation ${ANNOTATION.requestedAt} to a new value to have it synced`;
  return `${what}: nothing is written until a sync has published them; ${todo}`;
}
