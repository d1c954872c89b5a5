import git, { type HttpClient, type ServerRef } from 'isomorphic-git';
import { PermanentError, RetryableError } from '../errors.ts';
import type { Head } from './git-history.ts';
import { gitResponse } from './git-http.ts';

/** A repository and the client to ask it by. */
export interface Remote {
  readonly http: HttpClient;
  readonly url: string;
}

type Capabilities = Record<string, string | true>;

// What may be part of a branch's name: above all no white space, with which one could say more to the server.
const BRANCH = /^[^\p{C}\p{Z}~^:?*[\\]{1,255}$/u;
// What git check-ref-format refuses besides, for it could be taken for an option or a way elsewhere.
const NO_BRANCH = /^-|^@$|@\{|\.\.|\/\/|^\/|\/$|\.$|(^|\/)\.|\.lock(\/|$)/;

/** Returns the full name of a branch. Fails permanently when no branch can have that name. */
export function branchRef(branch: string): string {
  if (!BRANCH.test(branch) || NO_BRANCH.test(branch))
    throw new PermanentError('InvalidSource', 'the name of the branch is not one of Git');
  return `refs/heads/${branch}`;
}

/** Returns the ref under which a forge keeps the head of a pull request, forks included. */
export function pullRequestRef({
  namespace,
  number,
}: {
  namespace: string;
  number: number;
}): string {
  return `refs/${namespace}/${Math.trunc(number)}/head`;
}

/**
 * Returns the head of a branch, and a client that knows no other branch and needs not ask again: all that is
 * downloaded with it belongs to that very commit. Fails with GitBranchNotFound.
 */
export async function headForFetch(
  remote: Remote,
  ref: string,
): Promise<Head & { http: HttpClient }> {
  const { capabilities, refs = [] } = await git.getRemoteInfo2({ ...remote, protocolVersion: 1 });
  checkFormat(capabilities);
  const head = { ref, commit: commitOf(refs, ref) };
  const list = Buffer.from(listOf(head, capabilities));
  const request: HttpClient['request'] = async (asked) =>
    asked.method === 'POST' ? remote.http.request(asked) : gitResponse(asked.url, { body: list });
  return { ...head, http: { request } };
}

/** The server's list with one branch. It is HEAD too: isomorphic-git fails on a repository that has no HEAD. */
function listOf({ ref, commit }: Head, capabilities: Capabilities): string {
  const able: Capabilities = { ...capabilities, symref: `HEAD:${ref}` };
  const words = Object.entries(able).map(([name, value]) =>
    value === true ? name : `${name}=${value}`,
  );
  const line = `${commit} ${ref}\0${words.join(' ')}\n`;
  return `${packet('# service=git-upload-pack\n')}0000${packet(line)}0000`;
}

function packet(line: string): string {
  return (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0') + line;
}

/** Returns the commit of a branch, and makes the server name no other branch, if it knows protocol 2. */
export async function headOnly(remote: Remote, ref: string): Promise<string> {
  const { capabilities, refs } = await git.getRemoteInfo2(remote);
  checkFormat(capabilities);
  return commitOf(refs ?? (await git.listServerRefs({ ...remote, prefix: ref })), ref);
}

function checkFormat(capabilities: Capabilities): void {
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
    `the repository has no branch ${ref.replace('refs/heads/', '')}`,
  );
}
