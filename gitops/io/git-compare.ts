import { RetryableError } from '../errors.ts';
import type { ChangedFile } from '../repository.ts';
import type { GitLimits } from './git-limits.ts';
import type { Entry, GitObjects } from './git-objects.ts';

/** Two states of one path. An empty one stands for: nothing there. */
export interface Pair {
  readonly path: string;
  readonly before: Entry;
  readonly after: Entry;
}

const NOTHING: Entry = {};

/**
 * Returns the regular files that differ, by path. Folders that are equal are not read. Fails with
 * GitLimitExceeded when too much differs, and with another error where the store lacks a folder.
 */
export async function compare(
  store: GitObjects,
  start: Pair,
  limits: GitLimits,
): Promise<ChangedFile[]> {
  const pending = [start].filter(differs);
  for (const pair of pending) {
    const below = (await children(store, pair)).filter(differs);
    if (pending.length + below.length > limits.changes)
      throw tooMuch(`${limits.changes} files and folders`);
    if (depth(pair.path) - depth(start.path) > limits.depth)
      throw tooMuch(`${limits.depth} folders deep`);
    pending.push(...below);
  }
  const files = pending.filter(({ before, after }) => before.file !== after.file);
  return files.map(changedFile).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Returns what a path leads to below `root`; empty when there is nothing. The path '' is the root itself. */
export async function entryAt(store: GitObjects, root: Entry, path: string): Promise<Entry> {
  let entry = root;
  for (const name of path.split('/').filter((part) => part !== '')) {
    if (entry.folder === undefined) return NOTHING;
    entry = (await store.folder(entry.folder)).get(name) ?? NOTHING;
  }
  return entry;
}

const depth = (path: string) => path.split('/').length;

function differs({ before, after }: Pair): boolean {
  return before.file !== after.file || before.folder !== after.folder;
}

async function children(store: GitObjects, { path, before, after }: Pair): Promise<Pair[]> {
  const [old, now] = [await list(store, before), await list(store, after)];
  return [...new Set([...old.keys(), ...now.keys()])].map((name) => ({
    path: path === '' ? name : `${path}/${name}`,
    before: old.get(name) ?? NOTHING,
    after: now.get(name) ?? NOTHING,
  }));
}

async function list(store: GitObjects, { folder }: Entry): Promise<ReadonlyMap<string, Entry>> {
  return folder === undefined ? new Map() : store.folder(folder);
}

function changedFile({ path, before, after }: Pair): ChangedFile {
  return {
    path,
    ...(before.file === undefined ? {} : { before: before.file }),
    ...(after.file === undefined ? {} : { after: after.file }),
  };
}

function tooMuch(limit: string): RetryableError {
  return new RetryableError(
    'GitLimitExceeded',
    `more differs than can be compared: at most ${limit}`,
  );
}
