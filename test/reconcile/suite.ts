// What a visit does to a WebApp and its children, on every cluster.
import test from 'ava';
import type { Bench } from '../cluster/bench.ts';
import { clusterPolicies } from './cluster-policies.ts';
import { conflicts } from './conflicts.ts';
import { contest } from './contest.ts';
import { counts } from './counts.ts';
import { drift } from './drift.ts';
import { failures } from './failures.ts';
import { leaving } from './leaving.ts';
import { orphans } from './orphans.ts';
import { ownership } from './ownership.ts';
import { policies } from './policies.ts';
import { policiesOnDeletes } from './policies-on-deletes.ts';
import { visits } from './visits.ts';

/** Registers the suite for the cluster that `open` returns. */
export function reconcileSuite(open: () => Promise<Bench>): void {
  let bench: Bench;
  test.before(async () => {
    bench = await open();
  });
  for (const register of [
    visits,
    counts,
    drift,
    contest,
    ownership,
    leaving,
    orphans,
    conflicts,
    failures,
    policies,
    policiesOnDeletes,
    clusterPolicies,
  ])
    register(() => bench);
}
