// The gate in the API server: a request that is about to be stored, and the answer to it.
import {
  type AdmissionInput,
  type Decision,
  denialText,
  type Verdict,
} from '../../policies/index.ts';
import type { Cluster } from '../cluster.ts';
import { NAMESPACE } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { annotationKey } from './annotation-key.ts';
import { digestOfAll, digestOfObject } from './digests.ts';
import { unreadable } from './gate.ts';
import { judgeRequest } from './judge.ts';
import type { PolicyMeter } from './meter.ts';
import { errorsOf, type Policies } from './policies.ts';
import type { PolicyReader } from './reader.ts';
import { sourcesOf } from './request-sources.ts';

/** What is answered to a request. */
export interface Admission {
  /** Why the request may not be; absent where it may. */
  readonly denial?: AdmissionDenial;
  readonly warnings: readonly string[];
  /** For the audit log; the keys have no prefix, as the API server puts the webhook's name before them. */
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

export interface AdmissionDenial {
  /** HTTP status. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  /** What each policy that denies says. */
  readonly causes: readonly string[];
}

export interface AdmissionSurroundings {
  readonly cluster: Cluster;
  readonly policies: PolicyReader;
  readonly meter: PolicyMeter;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Judges a request by the policies of the repository that its WebApp comes from. The cluster's own policies are not
 * asked: the API server does. What cannot be judged, or not be found though it should be there, is denied, as nobody else
 * would ask. Throws where the policies cannot be looked up.
 */
export async function admit(
  input: AdmissionInput,
  world: AdmissionSurroundings,
): Promise<Admission> {
  const admission = await judged(input, world);
  // A rehearsal changes nothing, and clients rehearse what they do next.
  if (admission && !input.dryRun) world.meter.judged('admission', verdictOf(admission));
  return admission ?? { warnings: [], auditAnnotations: {} };
}

function verdictOf({ denial, warnings }: Admission): 'allowed' | 'warned' | 'denied' {
  if (denial) return 'denied';
  return warnings.length > 0 ? 'warned' : 'allowed';
}

/** Returns undefined where nobody's policies are for the request. */
async function judged(
  input: AdmissionInput,
  { cluster, policies, now }: AdmissionSurroundings,
): Promise<Admission | undefined> {
  const { namespace = '' } = input;
  const sources = await sourcesOf(input, cluster);
  const found = await Promise.all(
    sources.map((name) => policies.ofSource(cluster, { namespace, name })),
  );
  const missing = found.find((each) => each.kind === 'missing');
  if (missing) return forbidden(missing.message);
  const inForce = found.flatMap((each) => (each.kind === 'policies' ? [each.policies] : []));
  if (inForce.length === 0) return undefined;
  const digests = digestsOf(input, inForce, policies);
  const [broken] = inForce.flatMap(errorsOf);
  if (broken) return { ...forbidden(unreadable(broken)), auditAnnotations: digests };
  const namespaceObject = await cluster.get(NAMESPACE, { namespace: '', name: namespace });
  const sets = inForce.flatMap((each) => each.sets);
  const { verdict } = judgeRequest(sets, {
    ...input,
    now,
    ...(namespaceObject && { namespaceObject }),
  });
  return answerOf(verdict, digests);
}

function answerOf(verdict: Verdict, digests: Admission['auditAnnotations']): Admission {
  const { warnings } = verdict;
  const told = Object.entries(verdict.auditAnnotations);
  const auditAnnotations = {
    ...Object.fromEntries(told.map(([key, value]) => [annotationKey(key), value])),
    ...digests,
  };
  switch (verdict.outcome) {
    case 'allowed':
      return { warnings, auditAnnotations };
    case 'denied':
      return { denial: denialOf(verdict), warnings, auditAnnotations };
    case 'cannotJudge':
      return { ...forbidden(unjudged(verdict.reasons)), warnings, auditAnnotations };
  }
}

function denialOf({ code, reason, message, denials }: Extract<Verdict, { outcome: 'denied' }>) {
  const causes = [...new Set(denials.map((decision: Decision) => denialText(decision)))];
  return { code, reason, message, causes };
}

function unjudged(reasons: readonly string[]): string {
  return `the policies cannot be judged here, so the request is denied: ${reasons.join('; ')}`;
}

function forbidden(message: string): Admission & { denial: AdmissionDenial } {
  const denial = { code: 403, reason: 'Forbidden', message, causes: [message] };
  return { denial, warnings: [], auditAnnotations: {} };
}

/** By which other gates, and whoever reads the audit log, can tell what was judged by what. */
function digestsOf(
  { object, oldObject }: AdmissionInput,
  inForce: readonly Policies[],
  { hash }: PolicyReader,
): Record<string, string> {
  const judged = (object ?? oldObject) as KubeObject | null;
  const policies = inForce.map(({ digest }) => digest);
  return {
    'policies-digest': digestOfAll(policies, hash),
    ...(judged?.metadata && { 'object-digest': digestOfObject(judged, hash) }),
  };
}
