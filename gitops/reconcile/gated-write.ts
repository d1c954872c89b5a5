// Policies before writes: what they refuse is not tried, and what the API server refuses all the same is explained.
import type { Cluster } from '../cluster.ts';
import { type Passage, type PolicyRecord, pass } from '../policy/gate.ts';
import type { PolicyMeter } from '../policy/meter.ts';
import type { PolicyReader } from '../policy/reader.ts';
import { denialIn, ParityMismatch, PolicyBundleMissing, PolicyRefusal } from '../policy/refusal.ts';
import type { Trace } from '../trace.ts';
import type { WebApp } from '../webapp.ts';
import type { Change } from './plan.ts';
import { isObserved } from './visit.ts';

/** What the gate works with. */
export interface GateSurroundings {
  readonly cluster: Cluster;
  readonly policies: PolicyReader;
  readonly meter: PolicyMeter;
  readonly clock: { now(): number };
  readonly trace: Trace;
}

interface Writes<T> {
  readonly webapp: WebApp;
  readonly changes: readonly Change[];
  readonly write: () => Promise<T>;
}

/**
 * Does the writes if the policies in force allow them, and returns what they gave and what the status is to say of the
 * policies. Where there is nothing to write nothing can be refused. Throws PolicyRefusal, ParityMismatch and
 * PolicyBundleMissing.
 */
export async function writeGated<T>(
  writes: Writes<T>,
  world: GateSurroundings,
): Promise<{ done: T; record: PolicyRecord | undefined }> {
  const { changes, write } = writes;
  if (changes.length === 0) return { done: await write(), record: await recordOf(writes, world) };
  const passage = await ask(writes, world);
  if (passage) world.meter.judged('visit', passage.record.verdict ?? 'unknown');
  if (passage?.refusal !== undefined) throw new PolicyRefusal(passage.refusal, passage);
  try {
    const done = await world.trace.part({ name: 'write' }, write);
    return { done, record: passage?.record };
  } catch (error) {
    throw await explained(error, writes, world);
  }
}

async function ask(
  { webapp, changes }: Writes<unknown>,
  { cluster, policies, clock, trace }: GateSurroundings,
  fresh = false,
): Promise<Passage | undefined> {
  return trace.part({ name: 'evaluate' }, async () => {
    const inForce = await policies.forWebApp(webapp, cluster, fresh);
    return pass(webapp, changes, { inForce, now: clock.now(), hash: policies.hash });
  });
}

/** What the status says of an attempt that failed. */
const FAILED: ReadonlySet<string | undefined> = new Set(['Retrying', 'Failed']);

/**
 * What was written before a crash was allowed, but nobody has said so: as long as a visit is open it is asked again. So it
 * is as long as a failure is told, whose count is cleared before the status.
 */
async function recordOf(writes: Writes<unknown>, world: GateSurroundings) {
  const { webapp } = writes;
  const { phase, policy } = webapp.status;
  if (isObserved(webapp) && !FAILED.has(phase)) return policy;
  try {
    const passage = await ask(writes, world);
    return passage?.refusal === undefined ? passage?.record : policy;
  } catch (error) {
    if (error instanceof PolicyBundleMissing) return policy;
    throw error;
  }
}

/**
 * The API server denied what we let pass. That is a mismatch only where the very policy was asked, as it is now: one
 * that is new, or that may not be read here, is an ordinary denial. Any other error is returned as it is.
 */
async function explained(error: unknown, writes: Writes<unknown>, world: GateSurroundings) {
  const denial = denialIn(error);
  if (denial === undefined) return error;
  const passage = await ask(writes, world, true);
  const record: PolicyRecord = { ...passage?.record, verdict: 'denied' };
  const about = { record, cause: error };
  if (passage?.refusal !== undefined) return new PolicyRefusal(passage.refusal, about);
  const { message } = error as Error;
  if (!passage?.asked.has(denial.policy)) return new PolicyRefusal(message, about);
  world.meter.mismatched('visit');
  return new ParityMismatch(message, about);
}
