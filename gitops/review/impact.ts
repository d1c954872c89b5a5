// What a change of policies would do to the WebApps that are there.

import type { KubeObject } from '../objects.ts';
import type { Judgement } from '../policy/judge.ts';
import { originOf, tellingFields } from '../policy/origin.ts';
import { errorsOf } from '../policy/policies.ts';
import type { InForce } from '../policy/reader.ts';
import { subjectOf } from './changes.ts';
import type { Proposed } from './findings.ts';
import { placeAt } from './places.ts';
import { policyRef } from './policy-ref.ts';
import type { Impact } from './report.ts';

export interface ImpactQuestion {
  readonly webapps: readonly { readonly proposed: Proposed; readonly object: KubeObject }[];
  /** Policies as they are and as they would be. */
  readonly before: InForce;
  readonly after: InForce;
  judge(object: KubeObject, inForce: InForce): Judgement[];
  /** Called between WebApps, as in a review. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/** Returns what would begin to be denied: denied by the new policies and not by the old. */
export async function impactOf(question: ImpactQuestion): Promise<Impact[]> {
  const { webapps, before, after, pause } = question;
  // Broken policies are a finding; there is nothing to compare with.
  if (errorsOf(after.policies).length + errorsOf(before.policies).length > 0) return [];
  const found: Impact[] = [];
  for (const webapp of webapps) {
    found.push(...impactOn(webapp, question));
    await pause?.();
  }
  return found;
}

function impactOn(
  { proposed, object }: ImpactQuestion['webapps'][number],
  { before, after, judge }: ImpactQuestion,
): Impact[] {
  const known = new Set(
    judge(object, before)
      .flatMap(denied)
      .map(({ key }) => key),
  );
  return judge(object, after)
    .flatMap(denied)
    .filter(({ key }) => !known.has(key))
    .map(({ decision, judgement }): Impact => {
      const { kind } = judgement.object;
      const field = originOf(kind, tellingFields(decision.fields)[0]?.path ?? []);
      const { manifest, text } = proposed;
      return {
        policy: policyRef(after.policies, decision),
        subject: subjectOf(judgement.object, kind === 'WebApp' ? undefined : manifest.name),
        message: decision.message,
        place: placeAt(manifest.problemAt(field, ''), text),
      };
    });
}

function denied(judgement: Judgement) {
  const { kind, metadata } = judgement.object;
  return judgement.decisions
    .filter(({ effect, actions }) => effect === 'deny' && actions.includes('Deny'))
    .map((decision) => ({
      decision,
      judgement,
      key: `${decision.policy} ${decision.binding} ${kind} ${metadata.name}`,
    }));
}
