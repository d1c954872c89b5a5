// A folder that a sync would not find: the review says so, too.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { sha256 } from '../../gitops/io/digest.ts';
import { folderSnapshot } from '../../gitops/io/folder.ts';
import { PolicyReader } from '../../gitops/policy/reader.ts';
import { reviewScope } from '../../gitops/review/review.ts';

const APP =
  'apiVersion: example.com/v1\nkind: WebApp\nmetadata: {name: shop}\nspec: {image: "a/b:1"}\n';
const PARAMETER = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: limits}\ndata: {most: "3"}\n';
const BOTH = { 'apps/shop.yaml': APP, 'policies/limits.yaml': PARAMETER };
const NO_POLICIES = { 'apps/shop.yaml': APP };

type Files = Readonly<Record<string, string>>;

async function findingsOf(base: Files, head: Files, policies = 'policies') {
  const root = await mkdtemp(join(tmpdir(), 'webapp-review-'));
  for (const [side, files] of Object.entries({ base, head }))
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, side, path)), { recursive: true });
      await writeFile(join(root, side, path), text);
    }
  const commits = {
    base: folderSnapshot(join(root, 'base')),
    head: folderSnapshot(join(root, 'head')),
  };
  const reader = new PolicyReader({ hash: sha256, now: () => 0, believeMs: 0 });
  const scope = { namespace: 'default', path: 'apps', policies };
  const { findings } = await reviewScope(commits, scope, { policies: reader, now: 0 });
  await rm(root, { recursive: true });
  return findings.map(({ level, message }) => `${level}: ${message}`);
}

test('review: a folder of policies that is nowhere is an error', async (t) => {
  const [finding] = await findingsOf(BOTH, BOTH, 'polcies');
  t.regex(finding ?? '', /^error: there is no folder polcies after the merge/);
});

test('review: a pull request that deletes the folder of policies, or that of the WebApps, is an error', async (t) => {
  const [finding] = await findingsOf(BOTH, NO_POLICIES);
  t.regex(finding ?? '', /^error: there is no folder policies after the merge/);
  const [other] = await findingsOf(BOTH, { 'policies/limits.yaml': PARAMETER });
  t.regex(other ?? '', /^error: there is no folder apps after the merge/);
});

test('review: the first policies come with a warning that nothing judged', async (t) => {
  const [finding, ...others] = await findingsOf(NO_POLICIES, BOTH);
  t.regex(finding ?? '', /^warn: there is no folder policies in the base/);
  t.deepEqual(others, []);
});

test('review: folders that are there are no finding', async (t) => {
  t.deepEqual(await findingsOf(BOTH, BOTH), []);
});
