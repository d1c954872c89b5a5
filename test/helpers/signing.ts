// SSH keys, and clones whose commits git signs by them.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { GitClone } from './git-repo.ts';

const run = promisify(execFile);

/** The path of the private half, and the line of the public one. Disposing removes both. */
export interface SshKey extends AsyncDisposable {
  readonly path: string;
  readonly line: string;
}

export async function makeSshKey(name: string): Promise<SshKey> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-key-'));
  const path = join(folder, name);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
  const line = (await readFile(`${path}.pub`, 'utf8')).trim();
  return { path, line, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** Has git sign all further commits of the clone. */
export async function signAs({ git }: GitClone, { path }: SshKey): Promise<void> {
  await git('config', 'gpg.format', 'ssh');
  await git('config', 'user.signingkey', path);
  await git('config', 'commit.gpgsign', 'true');
}

/** Has git sign no further commit of the clone. */
export async function signNoMore({ git }: GitClone): Promise<void> {
  await git('config', 'commit.gpgsign', 'false');
}
