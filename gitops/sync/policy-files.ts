// The policy files of a commit.

import pLimit from 'p-limit';
import type { PolicyFile } from '../../policies/index.ts';
import type { Problem } from '../../policies/problem.ts';
import { PermanentError, RetryableError } from '../errors.ts';
import { namesOn } from '../paths.ts';
import type { Snapshot } from '../repository.ts';
import type { WebAppSourceStatus } from '../webapp.gen.ts';
import type { WebAppSource } from '../webapp.ts';
import { isManifestPath } from './manifests.ts';

const PARALLEL_READS = 16;

export interface PolicyFiles {
  readonly files: readonly PolicyFile[];
  /** Files that could not be read. */
  readonly problems: readonly Problem[];
}

/** Returns the YAML files of a folder, or the file itself. Fails where there is neither: a typo must not disarm anything. */
export async function readPolicyFiles(snapshot: Snapshot, path: string): Promise<PolicyFiles> {
  if (!(await snapshot.hasPath(path))) {
    const message = `there is no folder ${path} at commit ${snapshot.commit}`;
    throw new RetryableError('PoliciesNotFound', message);
  }
  const found = (await snapshot.files(path)).filter((file) => isPolicyPath(file.path, path));
  const read = await pLimit(PARALLEL_READS).map(found, async (file) => {
    try {
      return { path: file.path, text: await snapshot.readText(file.blob) };
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      return { path: file.path, line: 1, column: 1, message: error.message };
    }
  });
  return {
    files: read.filter((file): file is PolicyFile => 'text' in file),
    problems: read.filter((file): file is Problem => 'message' in file),
  };
}

/**
 * Returns whether a file below the folder is read for policies. Tests of policies lie beside them and hold objects that
 * must not be taken for parameters; a folder of policies may itself lie in one of that name.
 */
export function isPolicyPath(path: string, folder = ''): boolean {
  const root = namesOn(folder).length;
  return isManifestPath(path) && !path.split('/').slice(root).includes('tests');
}

/** Returns whether the policies of the commit may be others than those of the sync before. */
export async function policiesMayHaveMoved(
  { spec, status }: WebAppSource,
  snapshot: Snapshot,
): Promise<boolean> {
  const { policiesDigest } = status;
  if (spec.policies === undefined) return policiesDigest !== undefined;
  if (policiesDigest === undefined || isUnfinished(status)) return true;
  if (snapshot.history !== 'forward') return snapshot.history !== 'same';
  return (await snapshot.changedFiles(spec.policies.path)).length > 0;
}

/** Returns whether the last sync left something to do, so that what changed is more than what came since. */
export function isUnfinished({
  applyingRevision,
  lastAttemptedRevision,
  lastAppliedRevision,
}: WebAppSourceStatus): boolean {
  if (applyingRevision !== undefined) return true;
  return lastAttemptedRevision !== undefined && lastAttemptedRevision !== lastAppliedRevision;
}
