// Signatures by SSH keys: the format of `ssh-keygen -Y sign` (PROTOCOL.sshsig), the namespace that git uses.
import { createHash, createPublicKey, verify } from 'node:crypto';
import sshpk from 'sshpk';
import { messageOf } from '../../errors.ts';
import { type Checked, noKey } from './checked.ts';

const ARMOR = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)-----END SSH SIGNATURE-----\s*$/;
const MAGIC = Buffer.from('SSHSIG');
const VERSION = 1;
/** What git signs can be no other kind of document. */
const NAMESPACE = 'git';
const HASHES = ['sha256', 'sha512'];

/** Returns whether one of the keys (lines as in authorized_keys) made the signature. */
export function checkSsh(payload: Uint8Array, armored: string, lines: readonly string[]): Checked {
  const keys = lines.map(readKey);
  try {
    const signed = decode(armored);
    const signer = sshpk.parseKey(signed.publicKey, 'rfc4253');
    const key = keys.find((one) => fingerprint(one) === fingerprint(signer));
    if (key === undefined)
      return { kind: 'bad', reason: `the SSH key ${fingerprint(signer)} is not listed` };
    return isMadeBy(key, signed, payload)
      ? { kind: 'good', signer: `the SSH key ${fingerprint(key)}` }
      : { kind: 'bad', reason: 'the signature is not for this commit' };
  } catch (error) {
    return { kind: 'bad', reason: `the SSH signature cannot be read: ${messageOf(error)}` };
  }
}

function readKey(line: string, index: number): sshpk.Key {
  try {
    return sshpk.parseKey(line, 'ssh');
  } catch (error) {
    throw noKey(`spec.verify.sshKeys[${index}]`, 'public key such as "ssh-ed25519 AAAA..."', error);
  }
}

interface SshSignature {
  readonly publicKey: Buffer;
  readonly hash: string;
  readonly signature: Buffer;
}

function decode(armored: string): SshSignature {
  const [, base64] = ARMOR.exec(armored) ?? [];
  const reader = new Reader(Buffer.from(base64 ?? '', 'base64'));
  if (!reader.take(MAGIC.length).equals(MAGIC)) throw new Error('it does not begin as one');
  if (reader.integer() !== VERSION) throw new Error('its version is not known');
  const publicKey = reader.string();
  const namespace = reader.string().toString();
  if (namespace !== NAMESPACE) throw new Error(`it is for ${namespace}, not for git`);
  reader.string();
  const hash = reader.string().toString();
  if (!HASHES.includes(hash)) throw new Error(`its hash ${hash} is not known`);
  return { publicKey, hash, signature: reader.string() };
}

function isMadeBy(key: sshpk.Key, { hash, signature }: SshSignature, payload: Uint8Array): boolean {
  const digest = createHash(hash).update(payload).digest();
  const parts = [Buffer.from(NAMESPACE), Buffer.alloc(0), Buffer.from(hash), digest];
  const message = Buffer.concat([MAGIC, ...parts.map(withLength)]);
  const made = sshpk.parseSignature(signature, key.type as sshpk.AlgorithmType, 'ssh');
  if (made.hashAlgorithm === 'sha1') throw new Error('SHA-1 is not taken');
  const isEd25519 = key.type === 'ed25519';
  const publicKey = createPublicKey(key.toString('pkcs8'));
  const bytes = made.toBuffer(isEd25519 ? 'raw' : 'asn1');
  // Ed25519 hashes by itself.
  return verify(isEd25519 ? null : made.hashAlgorithm, message, publicKey, bytes);
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function fingerprint(key: sshpk.Key): string {
  return key.fingerprint('sha256').toString();
}

/** Reads the fields of SSH's wire format, one after the other; fails at the end of the bytes. */
class Reader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new Error('it ends too early');
    const taken = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }

  integer(): number {
    return this.take(4).readUInt32BE();
  }

  string(): Buffer {
    return this.take(this.integer());
  }
}
