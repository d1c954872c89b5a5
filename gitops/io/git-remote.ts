import git, { type HttpClient, type ServerRef } from 'isomorphic-git';
import { PermanentError, RetryableError } from '../errors.ts';

export interface Remote {
  readonly http: HttpClient;
  readonly url: string;
}

// What may be part of a branch's name: above all no white space, with which one could say more to the server.
const BRANCH = /^[^\p{C}\p{Z}~^:?*[\\]{1,255}$/u;

/** Returns the full name of a branch. Fails permanently when no branch can have that name. */
export function branchRef(branch: string): string {
  if (!BRANCH.test(branch))
    throw new PermanentError('InvalidSource', 'the name of the branch is not one of Git');
  return `refs/heads/${branch}`;
}

/**
 * Returns the commit of a branch, from the list that a fetch begins with: fetching with the same client then
 * costs no further list, and means that very commit. Fails with GitBranchNotFound.
 */
export async function headForFetch(remote: Remote, ref: string): Promise<string> {
  const { capabilities, refs = [] } = await git.getRemoteInfo2({ ...remote, protocolVersion: 1 });
  checkFormat(capabilities);
  return commitOf(refs, ref);
}

/** Returns the commit of a branch, and makes the server name no other branch, if it knows protocol 2. */
export async function headOnly(remote: Remote, ref: string): Promise<string> {
  const { capabilities, refs } = await git.getRemoteInfo2(remote);
  checkFormat(capabilities);
  return commitOf(refs ?? (await git.listServerRefs({ ...remote, prefix: ref })), ref);
}

function checkFormat(capabilities: Record<string, string | true>): void {
  const format = capabilities['object-format'] ?? 'sha1';
  if (format === 'sha1') return;
  throw new PermanentError(
    'InvalidSource',
    `the repository names its objects by ${format}: only sha1 can be read`,
  );
}

function commitOf(refs: ServerRef[], ref: string): string {
  const commit = refs.find((entry) => entry.ref === ref)?.oid;
  if (commit !== undefined) return commit;
  throw new RetryableError(
    'GitBranchNotFound',
    `the repository has no branch ${ref.slice('refs/heads/'.length)}`,
  );
}
