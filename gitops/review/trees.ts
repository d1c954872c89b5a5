// The files of a review: the base, and what the base would hold after the merge.
import pLimit from 'p-limit';
import { PermanentError } from '../errors.ts';
import type { Snapshot, TreeFile } from '../repository.ts';

const PARALLEL_READS = 16;
/** Of all files of one folder together. */
const MAX_CHARACTERS = 64 * 2 ** 20;

/** Commits as a review needs them. */
export interface Commits {
  /** Head of the base branch: what is live, and whose policies judge. */
  readonly base: Snapshot;
  readonly head: Snapshot;
  /** Where the head left the base branch; without it the head counts as the whole result. */
  readonly mergeBase?: Snapshot;
}

/** A file as one commit has it. */
export interface ReadableFile extends TreeFile {
  readText(): Promise<string>;
}

/** Files by path. */
export type Tree = ReadonlyMap<string, ReadableFile>;

/** Returns the files of a folder or the file itself, at one commit. */
export async function treeOf(snapshot: Snapshot, path: string): Promise<Tree> {
  const files = await snapshot.files(path);
  return new Map(
    files.map((file) => [file.path, { ...file, readText: () => snapshot.readText(file.blob) }]),
  );
}

/**
 * Returns what a folder would hold after the merge: the base with the files that the head changed since it left. What
 * the base changed meanwhile stays; the same file changed on both sides is taken from the head.
 */
export async function mergedTree({ base, head, mergeBase }: Commits, path: string): Promise<Tree> {
  const theirs = await treeOf(head, path);
  if (mergeBase === undefined) return theirs;
  const [now, then] = [await treeOf(base, path), await treeOf(mergeBase, path)];
  const merged = new Map(now);
  for (const name of new Set([...then.keys(), ...theirs.keys()])) {
    const changed = theirs.get(name);
    if (changed?.blob === then.get(name)?.blob) continue;
    if (changed === undefined) merged.delete(name);
    else merged.set(name, changed);
  }
  return merged;
}

/** Returns whether there would be such a folder or file after the merge; an empty folder is one where both sides have it. */
export async function isInMerge(commits: Commits, path: string): Promise<boolean> {
  const { base, head, mergeBase } = commits;
  if (mergeBase === undefined) return head.hasPath(path);
  if ((await mergedTree(commits, path)).size > 0) return true;
  return (await base.hasPath(path)) && head.hasPath(path);
}

/** A file's text, or why it has none. */
export interface ReadFile {
  readonly path: string;
  readonly text: string;
  readonly error?: string;
}

/** Reads files; one that is too large or no text comes with its error. Too much in all is a permanent error. */
export function readAll(files: Iterable<ReadableFile>): Promise<ReadFile[]> {
  let left = MAX_CHARACTERS;
  return pLimit(PARALLEL_READS).map([...files], async ({ path, readText }) => {
    if (left < 0) throw tooMuch();
    try {
      const text = await readText();
      left -= text.length;
      return { path, text };
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      return { path, text: '', error: error.message };
    }
  });
}

function tooMuch(): PermanentError {
  const most = MAX_CHARACTERS / 2 ** 20;
  return new PermanentError('TooLarge', `the files hold more than ${most} million characters`);
}
