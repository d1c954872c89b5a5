// The policies of a commit for those who come after the sync: a bundle for the visits, and native objects where the
// source asks for them.
import equal from 'fast-deep-equal';
import type { Cluster } from '../cluster.ts';
import { PermanentError } from '../errors.ts';
import { POLICY_BUNDLE } from '../kinds.ts';
import type { PolicyBundleSpec } from '../webapp.gen.ts';
import { SOURCE_MANAGER, type WebAppSource } from '../webapp.ts';
import { applyNative } from './native-policies.ts';
import type { SyncGate } from './sync-gate.ts';

/** What an object of the API server may hold, with room for the rest of it. */
const MAX_BUNDLE_BYTES = 900_000;

/**
 * Writes the bundle where it differs, and takes it away where the source names no policies any more. Policies that cannot
 * be read leave it as it is: the last good ones stay in force.
 */
export async function publishPolicies(
  source: WebAppSource,
  gate: SyncGate | undefined,
  { revision, cluster }: { revision: string; cluster: Cluster },
): Promise<void> {
  const { namespace = '', name } = source.metadata;
  if (gate?.repository === undefined && source.status.policiesDigest === undefined) return;
  const live = await cluster.get(POLICY_BUNDLE, { namespace, name });
  if (gate?.repository === undefined) {
    if (live) await cluster.delete(POLICY_BUNDLE, live);
    return;
  }
  if (gate.problems.some(({ severity }) => severity === undefined)) return;
  const { digest } = gate.repository;
  const before = live?.spec as PolicyBundleSpec | undefined;
  if (source.spec.policies?.apply)
    await applyNative(source, { before, files: gate.files }, cluster);
  // Whoever changes a bundle by hand is not believed: admission and visits judge by its files.
  if (before?.digest === digest && equal(before.files, gate.files)) return;
  const spec = { revision, digest, files: [...gate.files] };
  if (JSON.stringify(spec).length > MAX_BUNDLE_BYTES) {
    throw new PermanentError(
      'PoliciesTooLarge',
      `the policies have more than ${MAX_BUNDLE_BYTES} bytes; split the source`,
    );
  }
  await cluster.apply(POLICY_BUNDLE, bundleOf(source, spec), { manager: SOURCE_MANAGER, live });
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
