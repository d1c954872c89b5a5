// How the head of a branch and the commit applied last are related, and what one reads then.
import { randomBytes } from 'node:crypto';
import test from 'ava';
import { GIT_LIMITS } from '../../gitops/io/git-limits.ts';
import { createRepositories } from '../../gitops/io/repository.ts';
import type { Snapshot } from '../../gitops/repository.ts';
import { git } from '../../infra/git-process.ts';
import {
  fetchMain,
  type GitClone,
  startTestServer,
  type TestRepository,
  told,
} from '../helpers/git-repo.ts';

const { make, stop } = await startTestServer();
test.after.always(stop);

interface Story {
  title: string;
  /** What happens after the first commit. Calls `applied` when the head is the commit that is then compared with. */
  tell(repo: TestRepository, applied: () => Promise<void>): Promise<unknown>;
  history: Snapshot['history'];
  expected: string[];
}

const forcePush = (clone: GitClone, what: string) =>
  clone.git('push', '--quiet', '--force', 'origin', `${what}:main`);

const stories: Story[] = [
  {
    title: 'several commits',
    tell: async ({ clone }, applied) => {
      await applied();
      for (const text of ['1', '2', '3']) await clone.push({ 'a.yaml': text });
    },
    history: 'forward',
    expected: ['~ a.yaml 3'],
  },
  {
    title: 'a merge whose second parent leads to since',
    tell: async ({ clone, first }, applied) => {
      await clone.push({ 'b.yaml': 'b' });
      await applied();
      await clone.git('checkout', '--quiet', '-b', 'topic', first);
      await clone.commit({ 'c.yaml': 'c' });
      await clone.git('merge', '--quiet', '-m', 'merge', 'main');
      await clone.git('push', '--quiet', 'origin', 'HEAD:main');
    },
    history: 'forward',
    expected: ['+ c.yaml c'],
  },
  {
    title: 'a revert to content of before since',
    tell: async ({ clone }, applied) => {
      await clone.push({ 'a.yaml': 'bad', 'new/b.yaml': 'bad' });
      await applied();
      await clone.git('revert', '--no-edit', 'HEAD');
      await clone.git('push', '--quiet');
    },
    history: 'forward',
    expected: ['~ a.yaml a', '- new/b.yaml'],
  },
  {
    title: 'content of before since, among what is new',
    tell: async ({ clone }, applied) => {
      await clone.push({ 'a.yaml': 'bad' });
      await applied();
      await clone.push({ 'a.yaml': 'a', 'b.yaml': 'b' });
    },
    history: 'forward',
    expected: ['~ a.yaml a', '+ b.yaml b'],
  },
  {
    title: 'a force-push back',
    tell: async ({ clone, first }, applied) => {
      await clone.push({ 'a.yaml': 'bad' });
      await applied();
      await forcePush(clone, first);
    },
    history: 'rewritten',
    expected: ['+ a.yaml a'],
  },
  {
    title: 'a force-push sideways',
    tell: async ({ clone, first }, applied) => {
      await clone.push({ 'a.yaml': 'one', 'b.yaml': 'b' });
      await applied();
      await clone.git('reset', '--quiet', '--hard', first);
      await clone.commit({ 'a.yaml': 'two' });
      await forcePush(clone, 'main');
    },
    history: 'rewritten',
    expected: ['+ a.yaml two'],
  },
  {
    title: 'a new root',
    tell: async ({ clone }, applied) => {
      await applied();
      await clone.git('checkout', '--quiet', '--orphan', 'fresh');
      await clone.commit({ 'a.yaml': 'fresh' });
      await forcePush(clone, 'fresh');
    },
    history: 'rewritten',
    expected: ['+ a.yaml fresh'],
  },
  {
    title: 'a force-push, and the server has forgotten since',
    tell: async ({ clone, first, folder }, applied) => {
      await clone.push({ 'a.yaml': 'bad' });
      await applied();
      await forcePush(clone, first);
      await git(['reflog', 'expire', '--expire=now', '--all'], { cwd: folder });
      await git(['gc', '--quiet', '--prune=now'], { cwd: folder });
    },
    history: 'rewritten',
    expected: ['+ a.yaml a'],
  },
];

test('what is not the id of a commit counts as rewritten', async (t) => {
  await using repo = await make({ 'a.yaml': 'a' });
  for (const since of ['', 'main', 'HEAD~1', '--help', 'f'.repeat(64)]) {
    const snapshot = await fetchMain(repo.url, since);
    t.is(snapshot.history, 'rewritten');
    t.deepEqual(await told(snapshot), ['+ a.yaml a']);
  }
});

const servers: Record<string, string[]> = {
  'as forges are': ['count-objects'],
  'with bitmaps': ['repack', '-a', '-d', '--write-bitmap-index', '--quiet'],
  'that gives no commit by its id': ['config', 'uploadpack.allowAnySHA1InWant', 'false'],
};

for (const { title, tell, history, expected } of stories) {
  for (const [kind, args] of Object.entries(servers)) {
    test(`history: ${title}; server ${kind}; cold and warm agree`, async (t) => {
      await using repo = await make({ 'a.yaml': 'a' });
      const warm = createRepositories();
      let since = '';
      await tell(repo, async () => {
        since = (await fetchMain(repo.url, undefined, warm)).commit;
      });
      await git(args, { cwd: repo.folder });
      for (const from of [warm, createRepositories(), warm]) {
        const snapshot = await fetchMain(repo.url, since, from);
        t.is(snapshot.history, history);
        t.deepEqual(await told(snapshot), expected);
      }
    });
  }
}

test('a merge of a branch older than since brings the new commits, not the old history', async (t) => {
  await using repo = await make({ 'a.yaml': 'a' });
  const random = () => randomBytes(50_000).toString('hex');
  for (let i = 0; i < 5; i++) await repo.clone.commit({ 'big.txt': random() });
  await repo.clone.git('checkout', '--quiet', '-b', 'topic');
  await repo.clone.commit({ 'topic.yaml': 't' });
  await repo.clone.git('checkout', '--quiet', 'main');
  const since = await repo.clone.push({ 'b.yaml': 'b', 'big.txt': 'small' });
  await repo.clone.git('merge', '--quiet', '-m', 'merge', 'topic');
  await repo.clone.push({ 'c.yaml': 'c' });

  // All of the history does not fit, so it would count as rewritten.
  const snapshot = await fetchMain(
    repo.url,
    since,
    createRepositories({ ...GIT_LIMITS, answerBytes: 100_000 }),
  );
  t.is(snapshot.history, 'forward');
  t.deepEqual(await told(snapshot), ['+ c.yaml c', '+ topic.yaml t']);
});
