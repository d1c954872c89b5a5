// isomorphic-git inflates whatever a pack holds, and a delta of a few bytes can stand for gigabytes. So each
// answer is gone through here first, with the native zlib and with bounds.
import { createInflate, inflateSync, type Zlib } from 'node:zlib';
import { RetryableError } from '../errors.ts';
import type { GitLimits } from './git-limits.ts';

const PACK_HEADER_BYTES = 12;
const CHECKSUM_BYTES = 20;
const OFS_DELTA = 6;
const REF_DELTA = 7;
/** What is larger is inflated piece by piece and never held: some dozens of it would fill a container until they are collected. */
const SMALL_BYTES = 256 * 1024;
/** A delta begins with its sizes. */
const HEAD_BYTES = 20;

/**
 * Checks the answer of git-upload-pack, a side-band stream with or without a pack, and returns how many objects it has.
 * Rejects with GitLimitExceeded, GitRefused (the server said no, in words) or GitProtocolError (a broken pack).
 */
export async function checkPack(
  answer: Buffer,
  limits: GitLimits,
  signal?: AbortSignal,
): Promise<number> {
  const pack = Buffer.concat([...packData(answer)]);
  if (pack.length === 0) return 0;
  if (pack.length < PACK_HEADER_BYTES + CHECKSUM_BYTES || pack.toString('latin1', 0, 4) !== 'PACK')
    throw broken('no header');
  const count = pack.readUInt32BE(8);
  limit('objects in a pack', count, limits.packObjects);

  let position = PACK_HEADER_BYTES;
  let total = 0;
  for (let i = 0; i < count; i++) {
    signal?.throwIfAborted();
    const object = await readObject(pack, position, limits.objectBytes);
    position = object.end;
    total += object.size;
    limit('bytes in all objects of a pack', total, limits.inflatedBytes);
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

async function readObject(
  pack: Buffer,
  start: number,
  objectBytes: number,
): Promise<{ end: number; size: number }> {
  const header = readHeader(pack, start);
  limit('bytes in an object', header.size, objectBytes);
  const rest = pack.subarray(header.end, pack.length - CHECKSUM_BYTES);
  const { head, consumed } = await inflated(rest, header.size);
  const end = header.end + consumed;
  if (header.type !== OFS_DELTA && header.type !== REF_DELTA) return { end, size: header.size };

  const base = readVarint(head, 0);
  const target = readVarint(head, base.end);
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

interface Inflated {
  /** Its first bytes. */
  readonly head: Buffer;
  /** Bytes of the pack that it takes. */
  readonly consumed: number;
}

/** Inflates what the bytes begin with, and fails where that has another size. */
async function inflated(bytes: Buffer, size: number): Promise<Inflated> {
  try {
    const { head, length, consumed } =
      size > SMALL_BYTES ? await inflateLarge(bytes, size) : inflateSmall(bytes, size);
    if (length === size) return { head, consumed };
  } catch (error) {
    throw broken('not inflatable to its size', error);
  }
  throw broken('an object of another size than it says');
}

/** There may be a hundred thousand of these, too many for a stream each. */
function inflateSmall(bytes: Buffer, size: number): Inflated & { length: number } {
  const options = { info: true, maxOutputLength: size + 1, chunkSize: Math.max(64, size + 1) };
  // The types know nothing of `info`.
  const { buffer, engine } = inflateSync(bytes, options) as unknown as {
    buffer: Buffer;
    engine: Zlib;
  };
  return { head: buffer, length: buffer.length, consumed: engine.bytesWritten };
}

async function inflateLarge(bytes: Buffer, size: number): Promise<Inflated & { length: number }> {
  const stream = createInflate();
  stream.end(bytes);
  let head = Buffer.alloc(0);
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (length === 0) head = Buffer.from(chunk.subarray(0, HEAD_BYTES));
    length += chunk.length;
    if (length > size) break;
  }
  return { head, length, consumed: stream.bytesWritten };
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
