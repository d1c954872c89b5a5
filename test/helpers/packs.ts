// Packs that mean harm, as a server sends them.
import { deflateSync } from 'node:zlib';

/** Numbers of the types of objects. */
export const COMMIT = 1;
/** Likewise. */
export const BLOB = 3;
const REF_DELTA = 7;

/** A number of seven bits a byte, the lowest first. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

/** One object of a pack; `size` is what it says, `data` what it has. */
export function object(type: number, size: number, data: Buffer): Buffer {
  const header = varint(Math.floor(size / 16) * 128 + type * 16 + (size % 16));
  const base = Buffer.alloc(type === REF_DELTA ? 20 : 0);
  return Buffer.concat([header, base, deflateSync(data)]);
}

/** An answer of git-upload-pack, in packets of the first band. */
export function answer(...objects: Buffer[]): Buffer {
  const count = Buffer.alloc(8);
  count.writeUInt32BE(2, 0);
  count.writeUInt32BE(objects.length, 4);
  const pack = Buffer.concat([Buffer.from('PACK'), count, ...objects, Buffer.alloc(20)]);
  const packet = (data: Buffer) =>
    Buffer.concat([Buffer.from((data.length + 4).toString(16).padStart(4, '0')), data]);
  const packets = Array.from({ length: Math.ceil(pack.length / 60_000) }, (_, i) =>
    packet(Buffer.concat([Buffer.from([1]), pack.subarray(i * 60_000, (i + 1) * 60_000)])),
  );
  return Buffer.concat([packet(Buffer.from('NAK\n')), ...packets, Buffer.from('0000')]);
}

const GiB = 2 ** 30;
const zeros = Buffer.alloc(33 * 2 ** 20);
const delta = Buffer.concat([varint(1), varint(4 * GiB), Buffer.from([0x90, 1])]);

/** What each is, the answer that holds it, and the reason it is refused for. */
export const bombs: { title: string; body: Buffer; reason: string }[] = [
  {
    title: 'a blob that says 4 GiB',
    body: answer(object(BLOB, 4 * GiB, Buffer.from('x'))),
    reason: 'GitLimitExceeded',
  },
  {
    title: 'a blob that says 1 byte and has 33 MiB',
    body: answer(object(BLOB, 1, zeros)),
    reason: 'GitProtocolError',
  },
  {
    title: 'a delta to 4 GiB',
    body: answer(object(REF_DELTA, delta.length, delta)),
    reason: 'GitLimitExceeded',
  },
  {
    title: 'forty objects that each are within the limit',
    body: answer(
      ...Array.from({ length: 40 }, () =>
        object(BLOB, 30 * 2 ** 20, zeros.subarray(0, 30 * 2 ** 20)),
      ),
    ),
    reason: 'GitLimitExceeded',
  },
  { title: 'a size without end', body: answer(Buffer.alloc(30, 0xff)), reason: 'GitProtocolError' },
  {
    title: 'a pack that is cut off',
    body: answer(object(COMMIT, 5, Buffer.from('hello'))).subarray(0, 30),
    reason: 'GitProtocolError',
  },
  { title: 'no packets', body: Buffer.from('<html>'), reason: 'GitProtocolError' },
  { title: 'a refusal', body: Buffer.from('0018ERR not our ref abcd'), reason: 'GitRefused' },
];
