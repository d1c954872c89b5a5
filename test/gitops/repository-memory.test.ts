// What is kept of a repository that is pushed to again and again: memory is measured, after all garbage is collected.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { createRepositories } from '../../gitops/io/repository.ts';
import { fetchMain, startTestServer, told } from '../helpers/git-repo.ts';

const { make, stop } = await startTestServer();
test.after.always(stop);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const PUSHES = 40;
/** Three objects, and an index of at least 1 KiB. */
const MOST_BYTES = 10_000;

function bytesOfBuffers(): number {
  for (let round = 0; round < 2; round++) collectGarbage();
  return process.memoryUsage().external;
}

test(`each of ${PUSHES} small pushes to one repository takes little to keep`, async (t) => {
  await using repo = await make({ 'a.yaml': 'a' });
  const from = createRepositories();
  let since = repo.first;
  const fetchNext = async (content: string) => {
    await repo.clone.push({ 'a.yaml': content });
    const snapshot = await fetchMain(repo.url, since, from);
    t.deepEqual(await told(snapshot), [`~ a.yaml ${content}`]);
    since = snapshot.commit;
  };
  await fetchNext('first');
  const before = bytesOfBuffers();
  for (let i = 0; i < PUSHES; i++) await fetchNext(`${i}`);
  const each = (bytesOfBuffers() - before) / PUSHES;
  t.true(each < MOST_BYTES, `${each} bytes`);
  t.log(`${Math.round(each)} bytes`);
});
