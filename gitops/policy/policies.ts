// Policies as the gates hold them: those of a repository, those of a cluster, and both together.
import {
  type Hash,
  type LoadedPolicy,
  type LoadOptions,
  loadPolicies,
  type PolicyFile,
  type PolicySet,
  policiesDigest,
  waiverProblems,
} from '../../policies/index.ts';
import { errorsIn, type Problem } from '../../policies/problem.ts';
import { ANNOTATION } from '../webapp.ts';
import { digestOfAll } from './digests.ts';

/** Policies ready to judge with, and what is wrong with the files they came from. */
export interface Policies {
  /** Each looks up its parameters among its own. */
  readonly sets: readonly PolicySet[];
  readonly problems: readonly Problem[];
  /** Of all of them. */
  readonly digest: string;
  /** Of the repository's among them and of the cluster's, where there are any. */
  readonly digests: { readonly repository?: string; readonly cluster?: string };
  /** Names of those that the cluster enforces itself, whatever is asked here. */
  readonly enforced: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** Returns the policies of these files. */
export function policiesOf(
  files: readonly PolicyFile[],
  options: LoadOptions,
  hash: Hash,
): Policies {
  const { policies, problems } = loadPolicies(files, options);
  const digest = policiesDigest(policies, hash);
  return { sets: [policies], problems, digest, digests: { repository: digest }, enforced: NONE };
}

/**
 * Returns the same policies as those that the cluster enforces. One that cannot be read here is the cluster's alone to
 * judge, and stops nothing.
 */
export function enforced(policies: Policies): Policies {
  const names = new Set(policiesIn(policies).map(nameOf));
  const digests = names.size === 0 ? {} : { cluster: policies.digest };
  return { ...policies, problems: [], digests, enforced: names };
}

/**
 * Returns both. A policy or binding that a repository has put into the cluster is asked as the repository has it, which
 * is about to replace it.
 */
export function together(repository: Policies, cluster: Policies, hash: Hash): Policies {
  const { sets, digests, enforced } = beside(repository, cluster, hash);
  return {
    sets: [...repository.sets, ...sets],
    problems: repository.problems,
    // Without any of the cluster's it is the repository's.
    digest: digestOfAll([repository.digest, ...Object.values(digests)], hash),
    digests: { ...repository.digests, ...digests },
    enforced,
  };
}

/** Returns the cluster's policies without those that the repository has put there. */
function beside(
  repository: Policies,
  cluster: Policies,
  hash: Hash,
): Pick<Policies, 'sets' | 'digests' | 'enforced'> {
  const own = new Set(policiesIn(repository).map(nameOf));
  const bound = new Set(
    repository.sets.flatMap(({ bindings }) => bindings.map(({ binding }) => binding.metadata.name)),
  );
  const sets = cluster.sets.map((set) => ({
    ...set,
    policies: set.policies.filter(({ policy }) => !isReplaced(policy, own)),
    bindings: set.bindings.filter(({ binding }) => !isReplaced(binding, bound)),
  }));
  const asked = sets.filter(({ policies }) => policies.length > 0);
  const digest = digestOfAll(
    asked.map((set) => policiesDigest(set, hash)),
    hash,
  );
  return {
    sets,
    digests: asked.length === 0 ? {} : { cluster: digest },
    enforced: cluster.enforced.difference(own),
  };
}

interface Named {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

function isReplaced({ metadata }: Named, names: ReadonlySet<string>): boolean {
  return names.has(metadata.name) && metadata.annotations?.[ANNOTATION.policySource] !== undefined;
}

function nameOf({ policy }: LoadedPolicy): string {
  return policy.metadata.name;
}

export function policiesIn({ sets }: Policies): LoadedPolicy[] {
  return sets.flatMap(({ policies }) => policies);
}

/** Errors, as against warnings: with one of them nobody knows what the policies would say. */
export function errorsOf({ problems }: Policies): Problem[] {
  return errorsIn(problems);
}

/** Returns a warning for each waiver that is over at `now`, in milliseconds since the epoch. */
export function expiredWaivers({ sets }: Pick<Policies, 'sets'>, now: number): Problem[] {
  const waivers = sets.flatMap((set) => set.waivers).filter(({ end }) => now >= end);
  return waiverProblems(waivers, [], now).map((problem) => ({ ...problem, severity: 'warning' }));
}
