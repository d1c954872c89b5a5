// SSH keys, and clones whose commits git signs by them; OpenPGP keys of any age, and commits signed by them.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createMessage, generateKey, type PrivateKey, revokeKey, sign } from 'openpgp';
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

/** Returns an OpenPGP key made at `date`, and its armored public half; `seconds` after that it expires. */
export async function makePgpKey(date: Date, seconds = 0) {
  const { privateKey } = await generateKey({
    userIDs: [{ name: 'Ana', email: 'ana@example.com' }],
    ...{ date, keyExpirationTime: seconds, format: 'object' },
  });
  return { privateKey, armored: privateKey.toPublic().armor() };
}

/** Returns the armored public half of a key as its owner spreads it when the key is lost. */
export async function revoked(key: PrivateKey): Promise<string> {
  const { publicKey } = await revokeKey({ key, format: 'object' });
  return publicKey.armor();
}

/** Signs the head of a clone by an OpenPGP key at `date`, in place of the commit that it was; pushes and returns it. */
export async function signHead(clone: GitClone, key: PrivateKey, date: Date): Promise<string> {
  const text = `${await clone.git('cat-file', 'commit', 'HEAD')}\n`;
  const message = await createMessage({ binary: Buffer.from(text) });
  const signature = await sign({ message, signingKeys: key, detached: true, date });
  const header = signature.trim().replaceAll('\r', '').replaceAll('\n', '\n ');
  return pushCommit(clone, text.replace('\n\n', `\ngpgsig ${header}\n\n`));
}

/** Makes a commit of these bytes, whatever they are, the head of the branch main of a clone and of its server. */
export async function pushCommit({ folder, git }: GitClone, content: string): Promise<string> {
  const path = join(folder, '.git', 'commit-to-be');
  await writeFile(path, content);
  const id = await git('hash-object', '-t', 'commit', '-w', '--literally', path);
  await git('reset', '--quiet', '--hard', id);
  await git('push', '--quiet', '--force', 'origin', `${id}:refs/heads/main`);
  return id;
}
