// Policies as the gates hold them: those of a repository, those of a cluster, and both together.
import {
  type Hash,
  type LoadedPolicy,
  type LoadOptions,
  loadPolicies,
  type PolicyFile,
  type PolicySet,
  policiesDigest,
} from '../../policies/index.ts';
import type { Problem } from '../../policies/problem.ts';

/** Policies ready to judge with, and what is wrong with the files they came from. */
export interface Policies {
  /** Each looks up its parameters among its own. */
  readonly sets: readonly PolicySet[];
  readonly problems: readonly Problem[];
  readonly digest: string;
}

/** Where files stand whose text was made from a cluster's objects. */
export const CLUSTER_PATH = 'cluster/';

/** Returns the policies of these files. */
export function policiesOf(
  files: readonly PolicyFile[],
  options: LoadOptions,
  hash: Hash,
): Policies {
  const { policies, problems } = loadPolicies(files, options);
  return { sets: [policies], problems, digest: policiesDigest(policies, hash) };
}

/** Returns both; where both have a policy or binding of the same name, the repository's, which is about to replace it. */
export function together(repository: Policies, cluster: Policies, hash: Hash): Policies {
  const own = new Set(policiesIn(repository).map(({ policy }) => policy.metadata.name));
  const bound = new Set(
    repository.sets.flatMap(({ bindings }) => bindings.map(({ binding }) => binding.metadata.name)),
  );
  const others = cluster.sets.map((set) => ({
    ...set,
    policies: set.policies.filter(({ policy }) => !own.has(policy.metadata.name)),
    bindings: set.bindings.filter(({ binding }) => !bound.has(binding.metadata.name)),
  }));
  return {
    sets: [...repository.sets, ...others],
    problems: repository.problems,
    digest: hash(`${repository.digest} ${cluster.digest}`),
  };
}

export function policiesIn({ sets }: Policies): LoadedPolicy[] {
  return sets.flatMap(({ policies }) => policies);
}

/** Returns whether a policy is one that the cluster enforces itself. */
export function isOfCluster(policies: Policies, name: string): boolean {
  const found = policiesIn(policies).find(({ policy }) => policy.metadata.name === name);
  return found?.place.path.startsWith(CLUSTER_PATH) ?? false;
}

/** Errors, as against warnings: with one of them nobody knows what the policies would say. */
export function errorsOf({ problems }: Policies): Problem[] {
  return problems.filter(({ severity }) => severity === undefined);
}
