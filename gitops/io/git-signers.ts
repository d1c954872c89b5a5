// Who signed what a fetch brought: the bytes that are checked are those of the commits that are read.
import { PermanentError } from '../errors.ts';
import type { Signers } from '../repository.ts';
import type { GitLimits } from './git-limits.ts';
import type { GitStore } from './git-store.ts';
import { verifyCommits } from './signatures/verify.ts';

/** The head of a branch, and the ancestor of it that was applied last, if there is one. */
interface Fetched {
  readonly commit: string;
  readonly base: string | undefined;
}

/** Returns who signed the head. Throws PermanentError SourceNotVerified where a signature that is asked for is missing. */
export async function signerOf(
  store: GitStore,
  fetched: Fetched,
  { signers, limits }: { signers: Signers; limits: GitLimits },
): Promise<string> {
  const { commit, base } = fetched;
  const isHeadEnough = signers.mode === 'head' || base === undefined;
  const ids = isHeadEnough ? [commit] : await commitsSince(store, { commit, base }, limits);
  const commits = await Promise.all(
    ids.map(async (id) => ({ id, content: await store.commit(id) })),
  );
  return verifyCommits(commits, signers, Date.now());
}

/** Returns the head and every commit that is no ancestor of the base; the head even where it is the base. */
async function commitsSince(
  store: GitStore,
  { commit, base }: { commit: string; base: string },
  limits: GitLimits,
): Promise<string[]> {
  const old = await reach(store, base, { limits });
  const found = await reach(store, commit, { limits, without: old });
  return found.size === 0 ? [commit] : [...found];
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
