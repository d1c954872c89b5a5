// What the policies say of a prune. The file is gone, so that there is no line to point to: it is told in words.
import { denialText } from '../../policies/index.ts';
import type { KubeObject } from '../objects.ts';
import { askedIn, type PolicyRecord, verdictOf } from '../policy/gate.ts';
import type { Judgement } from '../policy/judge.ts';
import { judgeDeletion } from '../policy/judge-webapp.ts';
import type { InForce } from '../policy/reader.ts';

/** What the policies say of deleting a WebApp. */
export interface PruneRuling {
  readonly verdict: PolicyRecord['verdict'] & string;
  /** Why it may not be deleted, in the API server's words; absent where it may. */
  readonly refusal?: string;
  /** Policies that were asked and could be judged. */
  readonly asked: ReadonlySet<string>;
}

/** Returns what the policies say of deleting the WebApp as it is; `now` is in milliseconds since the epoch. */
export function rulePrune(
  live: KubeObject,
  { by, now }: { by: InForce; now: number },
): PruneRuling {
  const judgement = judgeDeletion(live, by, now);
  const ruling: PruneRuling = { verdict: verdictOf([judgement], by), asked: askedIn([judgement]) };
  return ruling.verdict === 'denied' ? { ...ruling, refusal: refusalIn(judgement) } : ruling;
}

function refusalIn({ verdict }: Judgement): string {
  if (verdict.outcome === 'denied') return verdict.denials.map(denialText).join('; ');
  const reasons = verdict.outcome === 'cannotJudge' ? verdict.reasons : [];
  return `it cannot be judged here: ${reasons.join('; ')}`;
}
