// Who signed what a fetch brought: the bytes that are checked are those of the commits that are read.
import { PermanentError } from '../errors.ts';
import { SetBackNotVerified, type Signers } from '../repository.ts';
import { bring, type Head, type Step } from './git-history.ts';
import type { GitLimits } from './git-limits.ts';
import type { GitStore } from './git-store.ts';
import { verifyCommits } from './signatures/verify.ts';

/**
 * Returns who signed the head. Throws PermanentError SourceNotVerified where a signature that is asked for is missing: as
 * SetBackNotVerified where the branch was set back, for which `isOld` is asked then only, as it may read from the server.
 */
export async function signerOf(
  step: Step,
  { isOld, ...head }: Head & { readonly isOld: () => Promise<boolean> },
  signers: Signers,
): Promise<string> {
  try {
    return await verifiedSigner(step, head, signers);
  } catch (error) {
    const isMissing = error instanceof PermanentError && error.reason === 'SourceNotVerified';
    throw isMissing && (await isOld()) ? new SetBackNotVerified(head.commit, error) : error;
  }
}

async function verifiedSigner(step: Step, head: Head, signers: Signers): Promise<string> {
  const { store } = step;
  const ids =
    signers.mode === 'head' ? [head.commit] : await commitsSince(step, head, signers.since);
  const commits = await Promise.all(
    ids.map(async (id) => ({ id, content: await store.commit(id) })),
  );
  return verifyCommits(commits, signers, Date.now());
}

/** Returns the head and every commit that is no ancestor of `since`. */
async function commitsSince(step: Step, head: Head, since: string | undefined): Promise<string[]> {
  const { store, limits } = step;
  if (since === undefined || since === head.commit) return [head.commit];
  if ((await bring(step, head, since)) !== 'forward') throw notFrom(since);
  const old = await reach(store, since, { limits });
  return [...(await reach(store, head.commit, { limits, without: old }))];
}

/** A history that is too long to look at must not count as looked at. */
function notFrom(since: string): PermanentError {
  const message = `the branch was rewritten, or too much lies between it and ${since}, which was found good last; set verify.mode to head to follow it all the same`;
  return new PermanentError('SourceNotVerified', message);
}

/** A parent that is not in the store is an ancestor of the base: the server was told that it is known. */
async function reach(
  store: GitStore,
  from: string,
  { limits, without = new Set() }: { limits: GitLimits; without?: ReadonlySet<string> },
): Promise<Set<string>> {
  const found = new Set<string>();
  const queue = [from];
  for (const id of queue) {
    if (found.has(id) || without.has(id) || !store.has(id)) continue;
    found.add(id);
    if (found.size > limits.commits) throw tooMany(limits.commits);
    queue.push(...(await store.parents(id)));
  }
  return found;
}

function tooMany(count: number): PermanentError {
  const message = `there are more than ${count} commits whose signatures would have to be checked; set verify.mode to head once`;
  return new PermanentError('SourceNotVerified', message);
}
