import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sha256 } from '../../gitops/io/digest.ts';
import { folderSnapshot } from '../../gitops/io/folder.ts';
import { PolicyReader } from '../../gitops/policy/reader.ts';
import { assemble } from '../../gitops/review/assemble.ts';
import type { Report } from '../../gitops/review/report.ts';
import { reviewScope } from '../../gitops/review/review.ts';

type Files = Readonly<Record<string, string>>;

interface Options {
  readonly policies?: string;
  readonly prune?: boolean;
  readonly pause?: () => Promise<void>;
}

/** Returns what a review of two folders finds, as "level: message". */
export async function findingsOf(base: Files, head: Files, policies?: string) {
  const { findings } = await reportOf(base, head, policies ? { policies } : {});
  return findings.map(({ level, message }) => `${level}: ${message}`);
}

/** Returns the report of a review of two folders. */
export async function reportOf(
  base: Files,
  head: Files,
  { policies = 'policies', prune = true, ...world }: Options = {},
): Promise<Report> {
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
  const scope = { namespace: 'default', path: 'apps', policies, prune };
  const reviewed = await reviewScope(commits, scope, { ...world, policies: reader, now: 0 });
  const frame = { base: 'a', head: 'b', toolVersion: '0', hash: sha256 };
  await rm(root, { recursive: true });
  return assemble([reviewed], frame);
}
