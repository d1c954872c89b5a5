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
}

/** Returns what would begin to be denied: denied by the new policies and not by the old. */
export function impactOf({ webapps, before, after, judge }: ImpactQuestion): Impact[] {
  // Broken policies are a finding; there is nothing to compare with.
  if (errorsOf(after.policies).length + errorsOf(before.policies).length > 0) return [];
  return webapps.flatMap(({ proposed, object }) => {
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
        return {
          policy: policyRef(after.policies, decision),
          subject: subjectOf(
            judgement.object,
            kind === 'WebApp' ? undefined : proposed.manifest.name,
          ),
          message: decision.message,
          place: placeAt(proposed.manifest.problemAt(field, ''), proposed.text),
        };
      });
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
