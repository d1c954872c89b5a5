// The policies of a review: those of the base, which judge, and those that a merge would put in their place. Only the
// first ones of all judge the pull request that brings them: there, they can but make it stricter.
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
  /** What is in force before the merge; that is what judges, unless these are the first policies. */
  readonly before: InForce;
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
  const isFirst = await bringsFirst(commits, scope);
  const judging = (isFirst && next) || own;
  const before = withCluster(own, scope, world);
  const after = next && withCluster(next, scope, world);
  return {
    inForce: (judging === next && after) || before,
    before,
    ...(after && { next: after }),
    problems: [
      ...(await missingFolders(commits, scope)),
      ...(isFirst ? [firstPolicies(judging, scope)] : []),
      ...errorsIn(own.problems),
      ...(next?.problems ?? []),
      ...expiredWaivers(judging, world.now),
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

/** A sync stops where a folder is missing, so that a merge that leaves it missing is an error. */
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
  return problems;
}

async function bringsFirst(commits: Commits, { policies }: Scope): Promise<boolean> {
  if (policies === undefined || (await commits.base.hasPath(policies))) return false;
  return isInMerge(commits, policies);
}

/** Whoever brings the first policies also chooses them, so that it is said; where none of them is bound, none judges. */
function firstPolicies({ sets }: Policies, { policies: path = '' }: Scope): Problem {
  const isBound = sets.some(({ policies, bindings }) => {
    const names = new Set(policies.map(({ policy }) => policy.metadata.name));
    return bindings.some(({ binding }) => names.has(binding.spec.policyName));
  });
  const at = { path, line: 1, column: 1 };
  const missing = `there is no folder ${path} in the base, and`;
  if (isBound)
    return {
      ...at,
      severity: 'warning',
      message: `${missing} the policies of this very pull request have judged it`,
    };
  const message = `${missing} none of the policies that this brings is bound, so that nothing can judge it; add a policy and its binding`;
  return { ...at, message };
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
