import type { Key, KeyID } from 'openpgp';
import { messageOf } from '../../errors.ts';
import { type Checked, noKey } from './checked.ts';

/** A signer's clock may be ahead of ours by this much. */
const SKEW_MS = 5 * 60_000;

/** Returns whether one of the armored public keys, valid now (milliseconds since the epoch), made the OpenPGP signature. */
export async function checkPgp(
  payload: Uint8Array,
  armored: string,
  { keys, now }: { keys: readonly string[]; now: number },
): Promise<Checked> {
  const verificationKeys = await readKeys(keys);
  const { createMessage, readSignature, verify } = await import('openpgp');
  try {
    const signature = await readSignature({ armoredSignature: armored });
    const message = await createMessage({ binary: payload });
    const date = new Date(now + SKEW_MS);
    const { signatures } = await verify({ message, signature, verificationKeys, date });
    // More than one would be as unclear as more than one header.
    const [only, ...others] = signatures;
    if (only === undefined || others.length > 0)
      return { kind: 'bad', reason: 'there is not exactly one OpenPGP signature' };
    await only.verified;
    // Whoever finds a key that has expired since could date a signature back.
    await keyOf(verificationKeys, only.keyID)?.getSigningKey(only.keyID, date);
    return { kind: 'good', signer: `the OpenPGP key ${only.keyID.toHex().toUpperCase()}` };
  } catch (error) {
    return { kind: 'bad', reason: `OpenPGP: ${messageOf(error)}` };
  }
}

function keyOf(keys: readonly Key[], id: KeyID): Key | undefined {
  return keys.find((key) => key.getKeys(id).length > 0);
}

/** The library is large and few sources ask for it, so it is loaded when one does. */
async function readKeys(armored: readonly string[]): Promise<Key[]> {
  const { readKeys } = await import('openpgp');
  const read = armored.map(async (armoredKeys, index) => {
    try {
      return await readKeys({ armoredKeys });
    } catch (error) {
      throw noKey(`spec.verify.pgpKeys[${index}]`, 'armored public key', error);
    }
  });
  return (await Promise.all(read)).flat();
}
