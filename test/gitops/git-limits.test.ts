// What a repository may cost. The crafted packs are those that end a process which inflates first and measures later.
import { deflateSync } from 'node:zlib';
import test from 'ava';
import { GIT_LIMITS, type GitLimits } from '../../gitops/io/git-limits.ts';
import { checkPack } from '../../gitops/io/git-pack-check.ts';
import { createRepositories } from '../../gitops/io/repository.ts';
import { fetchMain, startTestServer, told } from '../helpers/git-repo.ts';

const { make, stop } = await startTestServer();
test.after.always(stop);

const files = {
  'a/b/c/d.yaml': 'd',
  'a/1.yaml': '1',
  'a/2.yaml': '2',
  'b.yaml': 'b'.repeat(2_000),
};

const tight: { limits: Partial<GitLimits>; path?: string; message: RegExp }[] = [
  { limits: { answerBytes: 700 }, message: /sends more than 700 bytes/ },
  { limits: { packObjects: 5 }, message: /objects in a pack: at most 5/ },
  { limits: { objectBytes: 1_000 }, message: /2000 bytes in an object: at most 1000/ },
  { limits: { inflatedBytes: 2_100 }, message: /bytes in all objects of a pack: at most 2100/ },
  { limits: { changes: 3 }, path: 'a', message: /at most 3 files and folders/ },
  { limits: { depth: 2 }, path: 'a', message: /at most 2 folders deep/ },
];

for (const { limits, path = '', message } of tight) {
  test(`a repository beyond ${JSON.stringify(limits)} is given up, retryable`, async (t) => {
    await using repo = await make(files);
    const from = createRepositories({ ...GIT_LIMITS, ...limits });
    const read = fetchMain(repo.url, undefined, from).then((snapshot) => told(snapshot, path));
    await t.throwsAsync(read, { name: 'RetryableError', message });
  });
}

test('a commit applied last that is beyond the limits is no obstacle', async (t) => {
  await using repo = await make({ 'a.yaml': 'a', 'big.yaml': 'b'.repeat(9_000) });
  await repo.clone.push({ 'big.yaml': null });
  const from = createRepositories({ ...GIT_LIMITS, objectBytes: 5_000 });
  const snapshot = await fetchMain(repo.url, repo.first, from);
  t.is(snapshot.history, 'rewritten');
  t.deepEqual(await told(snapshot), ['+ a.yaml a']);
});

test('a history too long to look through counts as rewritten', async (t) => {
  await using repo = await make({ 'a.yaml': 'a' });
  for (const text of ['1', '2', '3']) await repo.clone.push({ 'a.yaml': text });
  const from = createRepositories({ ...GIT_LIMITS, commits: 2 });
  const snapshot = await fetchMain(repo.url, repo.first, from);
  t.is(snapshot.history, 'rewritten');
  t.deepEqual(await told(snapshot), ['+ a.yaml 3']);
});

test('a file that is too large, or not text, fails alone and for good', async (t) => {
  await using repo = await make({
    'a.yaml': 'a',
    'large.yaml': 'x'.repeat(GIT_LIMITS.fileBytes + 1),
  });
  await repo.clone.push({
    'binary.yaml': Buffer.from([0xff, 0xfe, 0x00]),
    'bom.yaml': '\ufeffa: 1',
  });
  const snapshot = await fetchMain(repo.url);
  const changed = await snapshot.changedFiles('');
  const said = await Promise.all(
    changed.map(({ after = '' }) =>
      snapshot.readText(after).catch((error) => `${error.name} ${error.reason}`),
    ),
  );
  t.deepEqual(said, ['a', 'PermanentError NotText', 'a: 1', 'PermanentError GitLimitExceeded']);
});

const COMMIT = 1;
const BLOB = 3;
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
function object(type: number, size: number, data: Buffer): Buffer {
  const header = varint(Math.floor(size / 16) * 128 + type * 16 + (size % 16));
  const base = Buffer.alloc(type === REF_DELTA ? 20 : 0);
  return Buffer.concat([header, base, deflateSync(data)]);
}

/** An answer of git-upload-pack, in packets of the first band. */
function answer(...objects: Buffer[]): Buffer {
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

const bombs: { title: string; body: Buffer; reason: string }[] = [
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

for (const { title, body, reason } of bombs) {
  test(`refused: ${title}`, (t) => {
    const error = t.throws(() => checkPack(body, GIT_LIMITS));
    t.like(error, { name: 'RetryableError', reason });
  });
}

test('a pack within the limits is taken', (t) => {
  t.notThrows(() =>
    checkPack(
      answer(object(COMMIT, 5, Buffer.from('hello')), object(BLOB, 0, Buffer.alloc(0))),
      GIT_LIMITS,
    ),
  );
});
