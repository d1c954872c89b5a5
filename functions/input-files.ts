// The files that a command was named.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PermanentError } from '../gitops/errors.ts';
import { folderSnapshot } from '../gitops/io/folder.ts';
import { isPolicyPath } from '../gitops/sync/policy-files.ts';
import type { PolicyFile } from '../policies/index.ts';

const OBJECT_FILE = /\.(ya?ml|json)$/i;

/** Returns the policy files at these paths: folders without their `tests`, and files. Fails where there are none. */
export function policyFilesAt(paths: readonly string[]): Promise<PolicyFile[]> {
  return filesAt(paths, isPolicyPath);
}

/** Returns the files of objects at these paths; `-` is the standard input. Fails where there are none. */
export function objectFilesAt(paths: readonly string[]): Promise<PolicyFile[]> {
  return filesAt(paths, (path) => OBJECT_FILE.test(path));
}

async function filesAt(
  paths: readonly string[],
  isWanted: (path: string) => boolean,
): Promise<PolicyFile[]> {
  const files: PolicyFile[] = [];
  for (const path of paths) files.push(...(await filesAtOne(path, isWanted)));
  return files;
}

async function filesAtOne(
  path: string,
  isWanted: (path: string) => boolean,
): Promise<PolicyFile[]> {
  if (path === '-') return [{ path: 'stdin', text: await text(process.stdin) }];
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new PermanentError('PathNotFound', `there is no ${path} here`);
  if (!found.isDirectory()) return [{ path, text: await readFile(path, 'utf8') }];
  const folder = folderSnapshot(path);
  const below = (await folder.files('.')).filter((file) => isWanted(file.path));
  if (below.length === 0)
    throw new PermanentError('NoFiles', `there is no YAML file to read in ${path}`);
  return Promise.all(
    below.map(async (file) => ({
      path: join(path, file.path),
      text: await folder.readText(file.blob),
    })),
  );
}
