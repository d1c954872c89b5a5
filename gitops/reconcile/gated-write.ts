// Policies before writes: what they refuse is not tried, and what the API server refuses all the same is explained.
import type { Cluster } from '../cluster.ts';
import { type Passage, type PolicyRecord, pass } from '../policy/gate.ts';
import type { PolicyReader } from '../policy/reader.ts';
import { denyingPolicy, PolicyRefusal } from '../policy/refusal.ts';
import type { WebApp } from '../webapp.ts';
import type { Change } from './plan.ts';

/** What the gate works with. */
export interface GateSurroundings {
  readonly cluster: Cluster;
  readonly policies: PolicyReader;
  readonly clock: { now(): number };
}

interface Writes<T> {
  readonly webapp: WebApp;
  readonly changes: readonly Change[];
  readonly write: () => Promise<T>;
}

/**
 * Does the writes if the policies in force allow them, and returns what they gave and what the policies said.
 * Nothing is asked where there is nothing to write. Throws PolicyRefusal.
 */
export async function writeGated<T>(
  writes: Writes<T>,
  world: GateSurroundings,
): Promise<{ done: T; record: PolicyRecord | undefined }> {
  if (writes.changes.length === 0) return { done: await writes.write(), record: undefined };
  const passage = await ask(writes, world);
  if (passage?.refusal !== undefined)
    throw new PolicyRefusal('PolicyDenied', passage.refusal, passage);
  try {
    return { done: await writes.write(), record: passage?.record };
  } catch (error) {
    throw denyingPolicy(error) === undefined ? error : await explain(error as Error, writes, world);
  }
}

async function ask(
  { webapp, changes }: Writes<unknown>,
  { cluster, policies, clock }: GateSurroundings,
  fresh = false,
): Promise<Passage | undefined> {
  const inForce = await policies.forWebApp(webapp, cluster, fresh);
  return pass(webapp, changes, { inForce, now: clock.now(), hash: policies.hash });
}

/**
 * The API server denied what we let pass. That is a mismatch only where the very policy was asked, as it is now: one
 * that is new, or that may not be read here, is an ordinary denial.
 */
async function explain(
  error: Error,
  writes: Writes<unknown>,
  world: GateSurroundings,
): Promise<PolicyRefusal> {
  const passage = await ask(writes, world, true);
  const unknown = { verdict: 'denied', policiesDigest: '', objectDigest: '' } as const;
  const record: PolicyRecord = { ...(passage?.record ?? unknown), verdict: 'denied' };
  if (passage?.refusal !== undefined)
    return new PolicyRefusal('PolicyDenied', passage.refusal, { record, cause: error });
  const asked = passage?.asked.has(denyingPolicy(error) ?? '') ?? false;
  const reason = asked ? 'PolicyParityMismatch' : 'PolicyDenied';
  return new PolicyRefusal(reason, error.message, { record, cause: error });
}
