// WebApps that a merge would take away: each is judged as the delete that the next sync would send.
import { judgeDeletion } from '../policy/judge-webapp.ts';
import { errorsOf } from '../policy/policies.ts';
import type { InForce } from '../policy/reader.ts';
import { appliedObject, type Provenance } from '../sync/applied-object.ts';
import { type About, type Proposed, type Told, tell } from './findings.ts';
import type { Proposal } from './proposal.ts';

/** What deletes are judged by, and what of their marks both sides have. */
export interface DeletionRules {
  readonly inForce: InForce;
  readonly provenance: Provenance;
  readonly hash: About['hash'];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Called after each, as in a review. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/** Returns what the policies say of the WebApps that would go, at their places in the base. */
export async function tellDeletions(
  { before, deleted }: Proposal,
  rules: DeletionRules,
): Promise<Told[]> {
  // Policies that cannot be read are a finding of their own; nobody knows what they would say.
  if (errorsOf(rules.inForce.policies).length > 0) return [];
  const told: Told[] = [];
  for (const name of deleted) {
    const gone = before.get(name);
    if (gone) told.push(tellOne(gone, rules));
    await rules.pause?.();
  }
  return told;
}

function tellOne(gone: Proposed, { inForce, provenance, hash, now }: DeletionRules): Told {
  const judgement = judgeDeletion(appliedObject(gone.manifest, provenance), inForce, now);
  return tell(judgement, gone, { policies: inForce.policies, hash });
}
