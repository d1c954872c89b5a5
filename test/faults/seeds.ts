// Bugs as people make them, put in from outside: around the cluster, the repositories and the answers. The product
// has no switch for them. Each breaks one invariant, and some plan has to show it.
import { BUGS_IN_COUNTS } from './bugs-in-counts.ts';
import { BUGS_IN_READS } from './bugs-in-reads.ts';
import { BUGS_IN_WRITES } from './bugs-in-writes.ts';
import type { SeededBug } from './seeded-bug.ts';

/** All of them; together they break every invariant. */
export const SEEDED_BUGS: readonly SeededBug[] = [
  ...BUGS_IN_WRITES,
  ...BUGS_IN_READS,
  ...BUGS_IN_COUNTS,
];
