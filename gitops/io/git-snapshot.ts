import { PermanentError } from '../errors.ts';
import { namesOn, plainPath } from '../paths.ts';
import type { History, Snapshot } from '../repository.ts';
import { compare, entryAt } from './git-compare.ts';
import type { GitLimits } from './git-limits.ts';
import type { Entry, GitObjects } from './git-objects.ts';

export interface Comparison {
  readonly commit: string;
  readonly history: History;
  /** The commit that changes are told against; without it, everything counts as added. */
  readonly base: string | undefined;
}

/** Returns a view of commits that are whole in the store; it stays as it is whatever the store gets later. */
export async function createSnapshot(
  store: GitObjects,
  { commit, history, base }: Comparison,
  limits: GitLimits,
): Promise<Snapshot> {
  const [before, after]: [Entry, Entry] = [
    base === undefined ? {} : await store.root(base),
    await store.root(commit),
  ];
  return {
    commit,
    history,
    async changedFiles(path) {
      const below = insidePath(path);
      const pair = {
        before: await entryAt(store, before, below),
        after: await entryAt(store, after, below),
      };
      return compare(store, { path: below, ...pair }, limits);
    },
    async files(path) {
      const below = insidePath(path);
      const pair = { path: below, before: {}, after: await entryAt(store, after, below) };
      const found = await compare(store, pair, limits);
      return found.map(({ path: file, after: blob = '' }) => ({ path: file, blob }));
    },
    async hasPath(path) {
      const { file, folder } = await entryAt(store, after, insidePath(path));
      return file !== undefined || folder !== undefined;
    },
    readText: async (blob) => decode(blob, await store.file(blob), limits.fileBytes),
  };
}

/** What would lead out of the repository is refused. */
function insidePath(path: string): string {
  if (namesOn(path).includes('..'))
    throw new PermanentError('InvalidSource', 'the path must not contain ..');
  return plainPath(path);
}

function decode(blob: string, content: Uint8Array, limit: number): string {
  if (content.length > limit) {
    throw new PermanentError(
      'GitLimitExceeded',
      `the file has ${content.length} bytes: at most ${limit} are read`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    throw notText(blob, error);
  }
}

function notText(blob: string, cause: unknown): PermanentError {
  return new PermanentError('NotText', `the file is not UTF-8 (blob ${blob})`, { cause });
}
