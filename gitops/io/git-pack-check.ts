// isomorphic-git inflates whatever a pack holds, and a delta of a few bytes can stand for gigabytes. So each
// answer is gone through here first, with the native zlib and with bounds.
import { inflateSync, type Zlib } from 'node:zlib';
import { RetryableError } from '../errors.ts';
import type { GitLimits } from './git-limits.ts';

const PACK_HEADER_BYTES = 12;
const CHECKSUM_BYTES = 20;
const OFS_DELTA = 6;
const REF_DELTA = 7;

/**
 * Checks the answer of git-upload-pack, a side-band stream with or without a pack, and returns how many objects it has.
 * Fails with GitLimitExceeded, GitRefused (the server said no, in words) or GitProtocolError (a broken pack).
 */
export function checkPack(answer: Buffer, limits: GitLimits): number {
  const pack = Buffer.concat([...packData(answer)]);
  if (pack.length === 0) return 0;
  if (pack.length < PACK_HEADER_BYTES + CHECKSUM_BYTES || pack.toString('latin1', 0, 4) !== 'PACK')
    throw broken('no header');
  const count = pack.readUInt32BE(8);
  limit('objects in a pack', count, limits.packObjects);

  let position = PACK_HEADER_BYTES;
  let inflated = 0;
  for (let i = 0; i < count; i++) {
    const object = readObject(pack, position, limits.objectBytes);
    position = object.end;
    inflated += object.size;
    limit('bytes in all objects of a pack', inflated, limits.inflatedBytes);
  }
  return count;
}

/** The pieces of the pack: packets of band 1. */
function* packData(answer: Buffer): Iterable<Buffer> {
  let position = 0;
  while (position + 4 <= answer.length) {
    const length = Number.parseInt(answer.toString('latin1', position, position + 4), 16);
    if (Number.isNaN(length)) throw broken('not in packets');
    const packet = answer.subarray(position + 4, position + length);
    if (packet[0] === 1) yield packet.subarray(1);
    if (packet[0] === 3) throw refused(packet.subarray(1));
    if (packet.toString('latin1', 0, 4) === 'ERR ') throw refused(packet.subarray(4));
    position += Math.max(length, 4);
  }
}

function readObject(
  pack: Buffer,
  start: number,
  objectBytes: number,
): { end: number; size: number } {
  const header = readHeader(pack, start);
  limit('bytes in an object', header.size, objectBytes);
  const { data, consumed } = inflate(
    pack.subarray(header.end, pack.length - CHECKSUM_BYTES),
    header.size,
  );
  const end = header.end + consumed;
  if (header.type !== OFS_DELTA && header.type !== REF_DELTA) return { end, size: header.size };

  const base = readVarint(data, 0);
  const target = readVarint(data, base.end);
  limit('bytes in an object', Math.max(base.value, target.value), objectBytes);
  return { end, size: header.size + target.value };
}

/** Type and size of the object at `start`, and where its compressed data begins. */
function readHeader(pack: Buffer, start: number): { type: number; size: number; end: number } {
  const first = readVarint(pack, start);
  // The lowest 7 bits are 3 of type above 4 of size; the size goes on above the type.
  const type = (first.value % 128) >> 4;
  const size = Math.floor(first.value / 128) * 16 + (first.value % 16);
  if (type === REF_DELTA) return { type, size, end: first.end + 20 };
  if (type === OFS_DELTA) return { type, size, end: readVarint(pack, first.end).end };
  return { type, size, end: first.end };
}

/** Seven bits a byte, the lowest first, until one without the highest bit. */
function readVarint(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0;
  for (let end = start; end < start + 7; end++) {
    const byte = bytes[end];
    if (byte === undefined) break;
    value += (byte % 128) * 2 ** (7 * (end - start));
    if (byte < 128) return { value, end: end + 1 };
  }
  throw broken('a number without end');
}

function inflate(bytes: Buffer, size: number): { data: Buffer; consumed: number } {
  try {
    const options = { info: true, maxOutputLength: size + 1, chunkSize: Math.max(64, size + 1) };
    // The types know nothing of `info`.
    const { buffer, engine } = inflateSync(bytes, options) as unknown as {
      buffer: Buffer;
      engine: Zlib;
    };
    if (buffer.length === size) return { data: buffer, consumed: engine.bytesWritten };
  } catch (error) {
    throw broken('not inflatable to its size', error);
  }
  throw broken('an object of another size than it says');
}

function limit(what: string, value: number, most: number): void {
  if (value > most)
    throw new RetryableError('GitLimitExceeded', `${value} ${what}: at most ${most} are allowed`);
}

function refused(words: Buffer): RetryableError {
  return new RetryableError(
    'GitRefused',
    `the Git server refuses: ${words.toString('utf8').trim().slice(0, 200)}`,
  );
}

function broken(why: string, cause?: unknown): RetryableError {
  return new RetryableError('GitProtocolError', `the pack is broken: ${why}`, { cause });
}
