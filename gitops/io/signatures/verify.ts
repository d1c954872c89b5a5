// Whether commits are signed by keys that the source lists. It looks at the very bytes that the commit's id stands for.
import { PermanentError } from '../../errors.ts';
import type { Signers } from '../../repository.ts';
import type { Checked } from './checked.ts';
import { partCommit } from './commit-object.ts';
import { checkPgp } from './pgp-signature.ts';

const SSH = '-----BEGIN SSH SIGNATURE-----';

type Keys = Omit<Signers, 'mode'>;

/** A commit's id (40 hex digits) and its bytes. */
export interface CommitObject {
  readonly id: string;
  readonly content: Uint8Array;
}

/**
 * Returns who signed the first commit, after all were found good.
 * Throws PermanentError SourceNotVerified for the first that is not, InvalidSource for keys that cannot be read.
 */
export async function verifyCommits(
  commits: readonly CommitObject[],
  keys: Keys,
  now: number,
): Promise<string> {
  const found: string[] = [];
  for (const commit of commits) {
    const checked = await check(commit, keys, now);
    if (checked.kind === 'bad')
      throw new PermanentError('SourceNotVerified', `commit ${commit.id}: ${checked.reason}`);
    found.push(checked.signer);
  }
  return found[0] ?? '';
}

async function check({ content }: CommitObject, keys: Keys, now: number): Promise<Checked> {
  const parted = partCommit(content);
  if (parted.kind === 'unsigned') return { kind: 'bad', reason: 'it is not signed' };
  if (parted.kind === 'malformed') return { kind: 'bad', reason: parted.reason };
  const { payload, signature } = parted;
  const { sshKeys = [], pgpKeys = [] } = keys;
  if (!signature.startsWith(SSH)) return checkPgp(payload, signature, { keys: pgpKeys, now });
  // Loaded when it is asked for, as most sources ask for neither.
  const { checkSsh } = await import('./ssh-signature.ts');
  return checkSsh(payload, signature, sshKeys);
}
