// The policies of a commit for those who come after the sync: a bundle for the visits, and native objects where the
// source asks for them.
import equal from 'fast-deep-equal';
import type { Cluster } from '../cluster.ts';
import { PermanentError } from '../errors.ts';
import { POLICY_BUNDLE } from '../kinds.ts';
import type { PolicyBundleSpec } from '../webapp.gen.ts';
import { SOURCE_MANAGER, type WebAppSource } from '../webapp.ts';
import { applyNative, removeNative } from './native-policies.ts';
import type { SyncGate } from './sync-gate.ts';

/** What an object of the API server may hold, with room for the rest of it. */
const MAX_BUNDLE_BYTES = 900_000;
const MAX_BUNDLE_FILES = 1_000;

/** Returns the digest that the source's status holds after a sync: of the policies that are in force. */
export function digestOf(
  { spec, status }: WebAppSource,
  gate: SyncGate | undefined,
): string | undefined {
  if (spec.policies === undefined) return undefined;
  return gate === undefined || gate.isBroken ? status.policiesDigest : gate.repository?.digest;
}

/**
 * Writes the bundle and the native objects where they differ, and takes away what the source does not ask for any more.
 * Policies that cannot be read leave them as they are: the last good ones stay in force.
 */
export async function publishPolicies(
  source: WebAppSource,
  gate: SyncGate | undefined,
  { revision, cluster }: { revision: string; cluster: Cluster },
): Promise<void> {
  const { spec, status, metadata } = source;
  // What a source asks for changes with its spec alone, and is done once a sync of that has come to its end.
  const isNews =
    status.observedGeneration !== metadata.generation || status.lastAppliedRevision === undefined;
  if (isNews && !spec.policies?.apply) await removeNative(source, cluster);
  if (spec.policies === undefined) {
    if (isNews || status.policiesDigest !== undefined) await removeBundle(metadata, cluster);
    return;
  }
  if (gate?.repository === undefined || gate.isBroken) return;
  const bundle = { revision, digest: gate.repository.digest, files: [...gate.files] };
  refuseTooLarge(bundle, source);
  if (spec.policies.apply) await applyNative(source, gate, cluster);
  await writeBundle(source, bundle, cluster);
}

/** Returns whether the source asks for policies and the gates have none: somebody has taken the bundle away. */
export async function isBundleMissing(
  { spec, metadata }: WebAppSource,
  cluster: Cluster,
): Promise<boolean> {
  const { name, namespace = '' } = metadata;
  if (spec.policies === undefined) return false;
  return (await cluster.get(POLICY_BUNDLE, { namespace, name })) === undefined;
}

function refuseTooLarge(bundle: PolicyBundleSpec, { spec }: WebAppSource): void {
  const bytes = Buffer.byteLength(JSON.stringify(bundle));
  const count = bundle.files.length;
  if (bytes <= MAX_BUNDLE_BYTES && count <= MAX_BUNDLE_FILES) return;
  const size = `${count} files of ${bytes} bytes in ${spec.policies?.path}`;
  const most = `${MAX_BUNDLE_FILES} files and ${MAX_BUNDLE_BYTES} bytes`;
  const message = `too many policies: ${size}, and at most ${most} are handled; split the source, or take out what is no policy`;
  throw new PermanentError('PoliciesTooLarge', message);
}

async function writeBundle(
  source: WebAppSource,
  spec: PolicyBundleSpec,
  cluster: Cluster,
): Promise<void> {
  const { name, namespace = '', uid } = source.metadata;
  const live = await cluster.get(POLICY_BUNDLE, { namespace, name });
  const before = live?.spec as PolicyBundleSpec | undefined;
  // That of an earlier source of the same name goes with it, unless it is taken over.
  const isOurs = live?.metadata.ownerReferences?.some((owner) => owner.uid === uid);
  // Whoever changes a bundle by hand is not believed: the gates judge by its files.
  if (isOurs && before?.digest === spec.digest && equal(before.files, spec.files)) return;
  await cluster.apply(POLICY_BUNDLE, bundleOf(source, spec), { manager: SOURCE_MANAGER, live });
}

async function removeBundle(
  { name, namespace = '' }: WebAppSource['metadata'],
  cluster: Cluster,
): Promise<void> {
  const live = await cluster.get(POLICY_BUNDLE, { namespace, name });
  if (live) await cluster.delete(POLICY_BUNDLE, live);
}

/** Owned by the source, so that it goes with it. */
function bundleOf({ apiVersion, kind, metadata }: WebAppSource, spec: PolicyBundleSpec) {
  const { name, namespace = '', uid = '' } = metadata;
  return {
    apiVersion: POLICY_BUNDLE.apiVersion,
    kind: POLICY_BUNDLE.kind,
    metadata: { name, namespace, ownerReferences: [{ apiVersion, kind, name, uid }] },
    spec,
  };
}
