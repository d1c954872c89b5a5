// What is kept of a repository that is pushed to again and again: memory is measured, after all garbage is collected.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { GIT_LIMITS } from '../../gitops/io/git-limits.ts';
import { createRepositories } from '../../gitops/io/repository.ts';
import { fetchMain, startTestServer, told } from '../helpers/git-repo.ts';

const { make, stop } = await startTestServer();
test.after.always(stop);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const PUSHES = 40;

function bytesOfBuffers(): number {
  for (let round = 0; round < 2; round++) collectGarbage();
  return process.memoryUsage().external;
}

const cases = [
  // Three objects each, and an index of at least 1 KiB.
  { packs: GIT_LIMITS.packs, mostBytes: PUSHES * 10_000 },
  { packs: 5, mostBytes: 5 * 10_000 },
];

for (const { packs, mostBytes } of cases) {
  test.serial(
    `${PUSHES} small pushes to one repository take little to keep, in at most ${packs} packs`,
    async (t) => {
      await using repo = await make({ 'a.yaml': 'a' });
      const from = createRepositories({ ...GIT_LIMITS, packs });
      let since = repo.first;
      const fetchNext = async (content: string) => {
        await repo.clone.push({ 'a.yaml': content });
        const snapshot = await fetchMain(repo.url, since, from);
        t.is(snapshot.history, 'forward');
        t.deepEqual(await told(snapshot), [`~ a.yaml ${content}`]);
        since = snapshot.commit;
      };
      await fetchNext('first');
      const before = bytesOfBuffers();
      for (let i = 0; i < PUSHES; i++) await fetchNext(`${i}`);
      const grown = bytesOfBuffers() - before;
      t.true(grown < mostBytes, `${grown} bytes`);
    },
  );
}
