// What a seeded bug is.

import type { Cluster } from '../../gitops/cluster.ts';
import { CHILD_KINDS } from '../../gitops/kinds.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import type { Seed } from './incarnation.ts';
import type { Invariant } from './invariants.ts';

/** A bug, what it breaks, and the plans that are tried first, by a part of their ids. */
export interface SeededBug {
  readonly name: string;
  readonly breaks: Invariant;
  readonly likely: readonly string[];
  /** Makes it anew for each run. */
  readonly seed: () => Seed;
}

/** Returns a bug in the way to the cluster. */
export function around(methods: (cluster: Cluster) => Partial<Cluster>): Seed {
  return { cluster: (cluster) => withMethods(cluster, methods(cluster)) };
}

/** Returns whether objects of this kind are made for WebApps. */
export function isChild(kind: string): boolean {
  return CHILD_KINDS.some((child) => child.kind === kind);
}
