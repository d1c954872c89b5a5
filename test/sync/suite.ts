// What a sync does to the WebApps of a source, on every cluster, with a real Git server.
import test from 'ava';
import type { Bench } from '../cluster/bench.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { aborted } from './aborted.ts';
import { access } from './access.ts';
import { counts } from './counts.ts';
import { deletion } from './deletion.ts';
import { missingBundle } from './missing-bundle.ts';
import { nativePolicies } from './native-policies.ts';
import { policies } from './policies.ts';
import { policyBundle } from './policy-bundle.ts';
import { policyParity } from './policy-parity.ts';
import { problems } from './problems.ts';
import { prunePolicies } from './prune-policies.ts';
import { pruneRefusals } from './prune-refusals.ts';
import { pruneSafety } from './prune-safety.ts';
import { pruning } from './pruning.ts';
import { races } from './races.ts';
import { setBack } from './set-back.ts';
import { signing } from './signing.ts';
import type { Grounds } from './stage.ts';
import { syncs } from './syncs.ts';
import { tenants } from './tenants.ts';
import { tracing } from './tracing.ts';

/** Registers the suite for the cluster of that name that `open` returns. */
export function syncSuite(name: Bench['name'], open: () => Promise<Bench>): void {
  let grounds: Grounds;
  test.before(async () => {
    grounds = { bench: await open(), git: await startTestServer() };
  });
  test.after.always(() => grounds.git.stop());
  for (const register of [
    syncs,
    aborted,
    pruning,
    pruneSafety,
    pruneRefusals,
    prunePolicies,
    counts,
    deletion,
    problems,
    access,
    races,
    setBack,
    signing,
    policies,
    policyBundle,
    missingBundle,
    policyParity,
    nativePolicies,
    tenants,
    tracing,
  ])
    register(() => grounds, name);
}
