// What a repository may cost. The crafted packs are those that end a process which inflates first and measures later.
import test from 'ava';
import { GIT_LIMITS, type GitLimits } from '../../gitops/io/git-limits.ts';
import { checkPack } from '../../gitops/io/git-pack-check.ts';
import { createRepositories } from '../../gitops/io/repository.ts';
import { fetchMain, startTestServer, told } from '../helpers/git-repo.ts';
import { listen } from '../helpers/listen.ts';
import { answer, BLOB, bombs, COMMIT, object } from '../helpers/packs.ts';

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

for (const { title, body, reason } of bombs) {
  test(`refused: ${title}`, async (t) => {
    const error = await t.throwsAsync(() => checkPack(body, GIT_LIMITS));
    t.like(error, { name: 'RetryableError', reason });
  });
}

test('a pack within the limits is taken, and its objects are counted', async (t) => {
  const large = Buffer.alloc(2 ** 20, 'large ');
  const pack = answer(
    object(COMMIT, 5, Buffer.from('hello')),
    object(BLOB, large.length, large),
    object(BLOB, 0, Buffer.alloc(0)),
  );
  t.is(await checkPack(pack, GIT_LIMITS), 3);
});

test('refused: a large object of another size than it says', async (t) => {
  const large = Buffer.alloc(2 ** 20, 'large ');
  for (const size of [large.length - 1, large.length + 1]) {
    const pack = answer(object(BLOB, size, large), object(COMMIT, 5, Buffer.from('hello')));
    await t.throwsAsync(() => checkPack(pack, GIT_LIMITS), { message: /size/ });
  }
});

test('where all answers at once are too much, the largest is given up, and the others come to their end', async (t) => {
  await using repo = await make(files);
  using hog = await listen((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
    response.write('x'.repeat(50_000));
  });
  const from = createRepositories({ ...GIT_LIMITS, allAnswersBytes: 50_100 });
  let given: unknown;
  const hanging = fetchMain(hog.url, undefined, from).catch((error) => {
    given = error;
  });
  // Until all of the large one has come there is room for both.
  while (given === undefined) t.is((await fetchMain(repo.url, undefined, from)).commit, repo.first);
  await hanging;
  t.like(given, { name: 'RetryableError', reason: 'GitBusy' });
});
