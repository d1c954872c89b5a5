// How a store comes to hold the head of a branch and what ties it to the commit applied last, with as little
// download as the server allows.
import type { HttpClient } from 'isomorphic-git';
import { reasonOf } from '../errors.ts';
import type { History } from '../repository.ts';
import { compare } from './git-compare.ts';
import type { GitLimits } from './git-limits.ts';
import type { GitStore, Wish } from './git-store.ts';

/** What every step of a fetch needs. */
export interface Step {
  readonly store: GitStore;
  readonly http: HttpClient;
  readonly limits: GitLimits;
}

/** A commit, and the name by which the server gives it: the branch it is the head of. */
export interface Head {
  readonly ref: string;
  readonly commit: string;
}

// What is not the id of a commit may stand in a status that somebody edited: no branch descends from it.
const COMMIT = /^[0-9a-f]{40}$/;

/**
 * Makes `head` whole in the store, and `since` too when it is an ancestor. Returns how the two are related:
 * `rewritten` also where the history between them is beyond the limits.
 */
export async function bring(step: Step, head: Head, since: string | undefined): Promise<History> {
  if (since === undefined || since === head.commit) {
    await bringAlone(step, head);
    return since === undefined ? 'first' : 'same';
  }
  if (COMMIT.test(since)) await bringTie(step, head, since);
  await bringAlone(step, head);
  return (await isTied(step, head, since)) ? 'forward' : 'rewritten';
}

/**
 * Returns whether the branch was set back, or the server's replica is behind: `tried` descends from the head, or is neither
 * in its history nor to be had. A replica that never had it refuses it like a server from which it was pushed away.
 */
export async function isSetBack(step: Step, head: Head, tried: string): Promise<boolean> {
  if (tried === head.commit || !COMMIT.test(tried)) return false;
  if (await descends(step, head.commit, tried)) return false;
  if (await descends(step, tried, head.commit)) return true;
  const isGiven = await tryDownload(step, { ref: tried, commit: tried, have: head.commit });
  if (isGiven) return descends(step, tried, head.commit);
  // Some servers give no commit that is no branch's head, and then only all of the history tells.
  await tryHistory(step, head);
  return !(await descends(step, head.commit, tried));
}

/** Makes a commit whole in the store, without its history. */
export async function bringAlone({ store, http }: Step, head: Head): Promise<void> {
  if (!store.whole.has(head.commit)) await store.download(http, { ...head, alone: true });
}

async function bringTie(step: Step, head: Head, since: string): Promise<void> {
  const known = step.store.whole.has(since);
  if (!known) await tryDownload(step, { ref: since, commit: since, alone: true });
  if (!(await isTied(step, head, since))) await bringDifference(step, head, since);
}

/** Brings what the branch has and `since` has not. Where the server does not give `since` alone: all of its history. */
async function bringDifference(step: Step, head: Head, since: string): Promise<void> {
  const { whole } = step.store;
  const known = whole.has(since);
  const done = known
    ? await tryDownload(step, { ...head, have: since })
    : await tryHistory(step, head);
  if (!done) return;
  if (!known && (await descends(step, head.commit, since))) whole.add(since);
  if (known && (await lacksNothing(step, since, head.commit))) whole.add(head.commit);
}

/** Brings a commit with all of its history, which may be large: an earlier step may have brought it already. */
async function tryHistory(step: Step, head: Head): Promise<boolean> {
  return step.store.complete.has(head.commit) || tryDownload(step, head);
}

/** Returns false where the server refuses or the answer is too large: the caller then goes another way. */
async function tryDownload({ store, http }: Step, wish: Wish): Promise<boolean> {
  try {
    await store.download(http, wish);
    return true;
  } catch (error) {
    if (!['GitRefused', 'GitLimitExceeded'].includes(reasonOf(error))) throw error;
    return false;
  }
}

/**
 * Whether `commit` is whole, given that `base` is. A server that was told "have" leaves out files that some
 * older commit had, such as those that a revert brings back.
 */
async function lacksNothing(
  { store, limits }: Step,
  base: string,
  commit: string,
): Promise<boolean> {
  try {
    const [before, after] = [await store.root(base), await store.root(commit)];
    const changed = await compare(store, { path: '', before, after }, limits);
    return changed.every((file) => file.after === undefined || store.has(file.after));
  } catch {
    return false; // A folder is missing, or the difference is too large to tell.
  }
}

async function isTied(step: Step, head: Head, since: string): Promise<boolean> {
  return step.store.whole.has(since) && (await descends(step, head.commit, since));
}

/** A parent that is not in the store is not followed: the server took it for known, as an ancestor of some "have". */
async function descends(
  { store, limits }: Step,
  commit: string,
  ancestor: string,
): Promise<boolean> {
  const queue = [commit];
  const seen = new Set(queue);
  for (const id of queue) {
    if (id === ancestor) return true;
    const parents = store.has(id) ? await store.parents(id) : [];
    for (const parent of parents.filter((parent) => !seen.has(parent))) {
      seen.add(parent);
      queue.push(parent);
    }
    if (seen.size > limits.commits) return false;
  }
  return false;
}
