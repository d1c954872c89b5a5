// A repository that a person has on disk.
import fs from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import git from 'isomorphic-git';
import { PermanentError } from '../errors.ts';
import type { Snapshot } from '../repository.ts';
import { GIT_LIMITS } from './git-limits.ts';
import { GitObjects } from './git-objects.ts';
import { createSnapshot } from './git-snapshot.ts';

/** A repository on disk. */
export interface LocalRepository {
  /** Returns the commit of a branch, tag, remote branch or (abbreviated) id; undefined where there is none. */
  commitOf(revision: string): Promise<string | undefined>;
  snapshot(commit: string): Promise<Snapshot>;
  /** Returns the newest common ancestor; undefined where the clone is too shallow to hold one. */
  mergeBase(a: string, b: string): Promise<string | undefined>;
}

/** Opens the repository that a folder is in. Fails where it is in none. */
export async function openLocalRepository(folder: string): Promise<LocalRepository> {
  const root = await git.findRoot({ fs, filepath: resolve(folder) }).catch((cause: unknown) => {
    throw new PermanentError('NoRepository', `${folder} is in no Git repository`, { cause });
  });
  const storage = { fs, gitdir: await gitFolder(join(root, '.git')), cache: {} };
  const objects = new GitObjects(storage);
  return {
    async commitOf(revision) {
      const names = [revision, `origin/${revision}`];
      for (const ref of names) {
        const id = await git.resolveRef({ ...storage, ref }).catch(() => undefined);
        if (id !== undefined) return peel(id);
      }
      return git.expandOid({ ...storage, oid: revision }).catch(() => undefined);
    },
    snapshot: (commit) =>
      createSnapshot(objects, { commit, history: 'first', base: undefined }, GIT_LIMITS),
    async mergeBase(a, b) {
      const found: string[] = await git.findMergeBase({ ...storage, oids: [a, b] }).catch(() => []);
      return found[0];
    },
  };

  /** An annotated tag stands for its commit. */
  async function peel(id: string): Promise<string> {
    return (await git.readCommit({ ...storage, oid: id })).oid;
  }
}

/** In a worktree `.git` is a file that names its own folder, which names the repository's. */
async function gitFolder(path: string): Promise<string> {
  if ((await stat(path)).isDirectory()) return path;
  const [, own = ''] = /^gitdir: (.+)$/m.exec(await readFile(path, 'utf8')) ?? [];
  const common = (await readFile(join(own, 'commondir'), 'utf8').catch(() => '.')).trim();
  return resolve(own, common);
}
