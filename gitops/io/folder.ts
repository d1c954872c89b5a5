// A plain folder in place of a commit: what a person has on disk and has committed nowhere.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PermanentError } from '../errors.ts';
import { plainPath } from '../paths.ts';
import type { Snapshot, TreeFile } from '../repository.ts';
import { sha256 } from './digest.ts';
import { GIT_LIMITS } from './git-limits.ts';

/** Returns a folder as it is on disk, as if it were a commit. Symlinks and hidden files are left out. */
export function folderSnapshot(folder: string): Snapshot {
  const texts = new Map<string, string>();
  const files = async (path: string): Promise<TreeFile[]> => {
    const found: TreeFile[] = [];
    for await (const file of walk(folder, plainPath(path))) {
      const text = await readText(folder, file);
      const blob = sha256(text);
      texts.set(blob, text);
      found.push({ path: file, blob });
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  };
  return {
    commit: folder,
    history: 'first',
    files,
    changedFiles: async (path) =>
      (await files(path)).map((file) => ({ path: file.path, after: file.blob })),
    hasPath: (path) =>
      stat(join(folder, plainPath(path))).then(
        () => true,
        () => false,
      ),
    readText: async (blob) => texts.get(blob) ?? '',
  };
}

/** Yields the regular files below a path, or the file itself; nothing where there is neither. */
async function* walk(root: string, path: string): AsyncGenerator<string> {
  const found = await stat(join(root, path)).catch(() => undefined);
  if (found?.isFile()) yield path;
  if (found?.isDirectory()) yield* walkFolder(root, path);
}

async function* walkFolder(root: string, path: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, path), { withFileTypes: true });
  for (const entry of entries.filter(({ name }) => !name.startsWith('.'))) {
    const below = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) yield* walkFolder(root, below);
    else if (entry.isFile()) yield below;
  }
}

/** Files that are no YAML are never read for their content, so whether they are text does not matter. */
async function readText(root: string, path: string): Promise<string> {
  const content = await readFile(join(root, path));
  if (content.length <= GIT_LIMITS.fileBytes) return content.toString('utf8');
  const message = `${path} has ${content.length} bytes: at most ${GIT_LIMITS.fileBytes} are read`;
  throw new PermanentError('FileTooLarge', message);
}
