// The policies of a review: those of the base, which judge, and those that a merge would put in their place.
import { errorsIn, type Problem } from '../../policies/problem.ts';
import { expiredWaivers, type Policies, together } from '../policy/policies.ts';
import type { InForce, PolicyReader } from '../policy/reader.ts';
import { policyFilesIn, type Scope } from './proposal.ts';
import { type Commits, isInMerge, mergedTree, readAll, type Tree, treeOf } from './trees.ts';

/** A source under review, and what a cluster says about its namespace where there is one. */
export interface ReviewScope extends Scope {
  readonly cluster?: InForce;
}

/** Who reads policies, and the time that waivers are held against, in milliseconds since the epoch. */
export interface RulesWorld {
  readonly policies: PolicyReader;
  readonly now: number;
}

/** What judges a pull request. */
export interface Rules {
  /** What the head is judged by. */
  readonly inForce: InForce;
  /** What would be in force after the merge, where that would be something else. */
  readonly next?: InForce;
  readonly problems: readonly Problem[];
  /** The policy files of both sides, by path. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Returns the policies of both sides and what is wrong with them, and the folders that a sync would miss. */
export async function rulesOf(
  commits: Commits,
  scope: ReviewScope,
  world: RulesWorld,
): Promise<Rules> {
  const [base, merged] = await treesOf(commits, scope);
  const own = await load(base, scope, world);
  const next = sameTree(base, merged) ? undefined : await load(merged, scope, world);
  return {
    inForce: withCluster(own, scope, world),
    ...(next && { next: withCluster(next, scope, world) }),
    problems: [
      ...(await missingFolders(commits, scope)),
      ...errorsIn(own.problems),
      ...(next?.problems ?? []),
      ...expiredWaivers(own, world.now),
    ],
    texts: new Map([...(await textsOf(base)), ...(await textsOf(merged))]),
  };
}

async function treesOf(commits: Commits, { policies }: Scope): Promise<[base: Tree, merged: Tree]> {
  if (policies === undefined) return [new Map(), new Map()];
  const [base, merged] = [
    await treeOf(commits.base, policies),
    await mergedTree(commits, policies),
  ];
  return [policyFilesIn(base, policies), policyFilesIn(merged, policies)];
}

/**
 * A sync stops where a folder is missing, so that a merge that leaves it missing is an error. One that brings the
 * policies back, or the first of them, may be merged, but nothing has judged it.
 */
async function missingFolders(
  commits: Commits,
  { path, policies }: Scope,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const at = (folder: string) => ({ path: folder, line: 1, column: 1 });
  for (const folder of policies === undefined ? [path] : [path, policies]) {
    if (await isInMerge(commits, folder)) continue;
    const message = `there is no folder ${folder} after the merge, and no sync goes on without it; keep it, or change the source first`;
    problems.push({ ...at(folder), message });
  }
  if (problems.length > 0 || policies === undefined) return problems;
  if (await commits.base.hasPath(policies)) return [];
  const message = `there is no folder ${policies} in the base, so that no policy of the repository has judged this`;
  return [{ ...at(policies), message, severity: 'warning' }];
}

function sameTree(a: Tree, b: Tree): boolean {
  return a.size === b.size && [...a].every(([path, { blob }]) => b.get(path)?.blob === blob);
}

async function load(tree: Tree, { namespace }: Scope, { policies }: RulesWorld): Promise<Policies> {
  const files = await readAll(tree.values());
  const loaded = policies.fromFiles(
    files.filter(({ error }) => error === undefined).map(({ path, text }) => ({ path, text })),
    { namespace },
  );
  const unread = files.flatMap(({ path, error }) =>
    error === undefined ? [] : [{ path, line: 1, column: 1, message: error }],
  );
  return { ...loaded, problems: [...loaded.problems, ...unread] };
}

async function textsOf(tree: Tree): Promise<[string, string][]> {
  return (await readAll(tree.values())).map(({ path, text }) => [path, text]);
}

function withCluster(own: Policies, { cluster }: ReviewScope, { policies }: RulesWorld): InForce {
  return cluster === undefined
    ? { policies: own }
    : { ...cluster, policies: together(own, cluster.policies, policies.hash) };
}
