import { LRUCache } from 'lru-cache';
import pLimit, { type LimitFunction } from 'p-limit';
import { messageOf, PermanentError, RetryableError, reasonOf } from '../errors.ts';
import type {
  BranchRequest,
  FetchRequest,
  Repositories,
  Snapshot,
  TreeRequest,
} from '../repository.ts';
import { bring, bringAlone, isSetBack } from './git-history.ts';
import { createGitHttp, repositoryUrl } from './git-http.ts';
import { GIT_LIMITS, type GitLimits } from './git-limits.ts';
import { branchRef, headForFetch, headOnly, pullRequestRef } from './git-remote.ts';
import { type Held, Room } from './git-room.ts';
import { withoutCredentials } from './git-secrets.ts';
import { signerOf } from './git-signers.ts';
import { createSnapshot } from './git-snapshot.ts';
import { GitStore } from './git-store.ts';
import { ANYWHERE, type Reach } from './reach.ts';
import { untilAborted } from './until-aborted.ts';

/** How far and how much. */
interface Bounds {
  readonly limits: GitLimits;
  readonly reach: Reach;
  readonly held: Held;
}

interface Kept {
  readonly store: GitStore;
  /** Objects are added by one fetch at a time. */
  readonly oneAtATime: LimitFunction;
}

/**
 * Returns a reader of repositories over HTTP that holds them in memory. What was fetched is kept within
 * `limits.cacheBytes`, the least recently used goes first: the next fetch is faster by it, never different. `reach` says
 * which hosts are asked.
 */
export function createRepositories(
  limits: GitLimits = GIT_LIMITS,
  reach: Reach = ANYWHERE,
): Repositories {
  const room = new Room(limits.allAnswersBytes);
  const cache = new LRUCache<string, Kept>({
    maxSize: limits.cacheBytes,
    sizeCalculation: ({ store }) => store.bytes,
  });

  async function withStore(
    url: string,
    work: (store: GitStore, bounds: Bounds) => Promise<Snapshot>,
  ): Promise<Snapshot> {
    const kept = cache.get(url) ?? { store: new GitStore(url), oneAtATime: pLimit(1) };
    cache.set(url, kept);
    try {
      const snapshot = await kept.oneAtATime(async () => {
        using held = room.enter();
        return await work(kept.store, { limits, reach, held });
      });
      // The cache takes the size of what comes in, and this has grown. What is in many pieces is fetched anew, whole.
      cache.delete(url);
      if (kept.store.packs < limits.packs) cache.set(url, kept);
      return snapshot;
    } catch (error) {
      // Whatever is wrong with it, no later fetch builds on it. Where there was no room nothing is: without what is kept
      // the next would need even more.
      if (reasonOf(error) !== 'GitBusy' && cache.peek(url) === kept) cache.delete(url);
      throw error;
    }
  }

  async function head(request: BranchRequest, url: string): Promise<string> {
    using held = room.enter();
    const http = createGitHttp({ ...request, limits, reach, held, url });
    return await headOnly({ http, url }, branchRef(request.branch));
  }

  return {
    fetch: (request) =>
      withReason(request, (url) =>
        withStore(url, (store, bounds) => fetchInto(store, request, bounds)),
      ),
    tree: (request) =>
      withReason(request, (url) =>
        withStore(url, (store, bounds) => treeInto(store, request, bounds)),
      ),
    head: (request) => withReason(request, (url) => head(request, url)),
  };
}

async function fetchInto(
  store: GitStore,
  request: FetchRequest,
  bounds: Bounds,
): Promise<Snapshot> {
  request.signal.throwIfAborted();
  const { url } = store;
  const { limits } = bounds;
  const asking = { url, http: createGitHttp({ ...request, ...bounds, url }) };
  const { http, ref, commit } = await headForFetch(asking, branchRef(request.branch));
  const step = { store, http, limits };
  const head = { ref, commit };
  const { since, tried, signers } = request;
  const history = await bring(step, head, since);
  const base = history === 'same' || history === 'forward' ? since : undefined;
  const isOld = async () =>
    base === undefined && tried !== undefined && (await isSetBack(step, head, tried));
  const signer = signers && (await signerOf(step, { ...head, isOld }, signers));
  const setBack = await isOld();
  const snapshot = await createSnapshot(store, { commit, history, base }, limits);
  return { ...snapshot, ...(signer && { signer }), ...(setBack && { setBack }) };
}

async function treeInto(store: GitStore, request: TreeRequest, bounds: Bounds): Promise<Snapshot> {
  request.signal.throwIfAborted();
  const { url } = store;
  const { limits } = bounds;
  const asking = { url, http: createGitHttp({ ...request, ...bounds, url }) };
  const { http, ...known } = await headForFetch(asking, refOf(request));
  const { commit = known.commit } = request;
  const head = commit === known.commit ? known : { ref: commit, commit };
  await bringAlone({ store, http, limits }, head);
  return createSnapshot(store, { commit, history: 'first', base: undefined }, limits);
}

function refOf({ pullRequest, branch }: TreeRequest): string {
  return pullRequest === undefined ? branchRef(branch) : pullRequestRef(pullRequest);
}

/** Ends with the request's signal wherever the work is, and gives each error a reason. */
async function withReason<T>(
  request: BranchRequest,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const { signal } = request;
  const url = repositoryUrl(request.url);
  const { host } = new URL(url);
  try {
    return await untilAborted(signal, () => work(url));
  } catch (error) {
    throw withoutCredentials(known(error, { host, signal }), request.credentials);
  }
}

function known(error: unknown, { host, signal }: { host: string; signal: AbortSignal }): unknown {
  if (signal.aborted) return unfinished(host, error);
  const isKnown = error instanceof PermanentError || error instanceof RetryableError;
  return isKnown ? error : notGit(host, error);
}

function unfinished(host: string, cause: unknown): RetryableError {
  const message = `reading from ${host} was ended before it was done`;
  return new RetryableError('GitUnreachable', message, { cause });
}

function notGit(host: string, cause: unknown): RetryableError {
  const message = `${host} does not answer like a Git server: ${messageOf(cause)}`;
  return new RetryableError('GitProtocolError', message, { cause });
}
