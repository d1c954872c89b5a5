// What was judged, and by what, named alike at every gate: so that statuses, reports and the audit log can be laid side by
// side.
import { type Hash, objectDigest } from '../../policies/index.ts';
import { type KubeObject, writtenPart } from '../objects.ts';

/** Returns the digest of an object: of what somebody wrote of it, as each write moves the rest. */
export function digestOfObject(object: KubeObject, hash: Hash): string {
  return objectDigest(writtenPart(object), hash);
}

/** Returns the digest of several sets of policies that judge together; of a single one it is its own. */
export function digestOfAll(digests: readonly string[], hash: Hash): string {
  const [first = '', ...others] = digests;
  return others.length === 0 ? first : hash(digests.join(' '));
}
