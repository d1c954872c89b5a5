// A write as whoever is about to do it has it -> the API server's answer to it, in one call.
import { admittedObject, type SchemaSource } from './objects/index.ts';
import type { Decision } from './vap/decision.ts';
import { evaluatePolicies } from './vap/evaluate/evaluate-policies.ts';
import type { JsonObject } from './vap/policy.ts';
import type { PolicySet } from './vap/policy-set.ts';
import type {
  AdmissionInput,
  GroupVersionKind,
  GroupVersionResource,
  UserInfo,
} from './vap/request.ts';
import { type Verdict, verdict } from './vap/verdict.ts';

/** A write to be judged. What is left out is not known; a verdict that depends on it cannot be told. */
export interface Write {
  readonly resource: GroupVersionKind & GroupVersionResource;
  /** The whole object as it would be after the write, before the API server fills in its defaults; null for a delete. */
  readonly object: JsonObject | null;
  /** The object as it is; left out where the write creates it. */
  readonly oldObject?: JsonObject;
  /** The namespace of objects that name none; `default` where left out or empty. */
  readonly namespace?: string;
  /** The kinds that are not Kubernetes' own. */
  readonly schemas: SchemaSource;
  /** The object's Namespace as the cluster has it. */
  readonly namespaceObject?: JsonObject;
  readonly userInfo?: UserInfo;
  /** Milliseconds since 1970, which waivers are held against; left out: no waiver holds. */
  readonly now?: number;
}

/** What the policies say of a write. */
export interface JudgedWrite {
  /** The object as the policies saw it, defaulted and pruned; for a delete the one that goes. */
  readonly object: JsonObject;
  readonly decisions: readonly Decision[];
  readonly verdict: Verdict;
}

/**
 * Judges a write by the policies of all sets, each with the parameters among its own. Where the API server would refuse
 * the write before it asks any policy, or where it is not known what it makes of the object, the verdict is cannotJudge
 * without decisions.
 */
export function judgeWrite(sets: readonly PolicySet[], write: Write): JudgedWrite {
  const { object, oldObject } = write;
  const given = object ?? oldObject;
  if (given === undefined) throw new TypeError('a write has an object, an old one, or both');
  const { namespace = '', schemas } = write;
  const old = oldObject && { oldObject };
  const admitted = admittedObject({ object: given, ...old, namespace, schemas });
  if (admitted.kind === 'refused') return unjudged(given, admitted.reason);
  if (admitted.kind === 'unknown')
    return unjudged(given, `what the API server makes of ${admitted.what} is not known here`);
  const input = inputOf(write, admitted);
  const decisions = sets.flatMap((set) => evaluatePolicies(set, input));
  const seen = input.object ?? input.oldObject ?? given;
  return { object: seen, decisions, verdict: verdict(decisions, input) };
}

function unjudged(object: JsonObject, reason: string): JudgedWrite {
  const none = { warnings: [], auditAnnotations: {} };
  return {
    object,
    decisions: [],
    verdict: { ...none, outcome: 'cannotJudge', reasons: [reason] },
  };
}

function inputOf(
  { resource: all, object: given, namespaceObject, userInfo, now }: Write,
  { object, oldObject }: { object: JsonObject; oldObject?: JsonObject },
): AdmissionInput {
  const { group, version, kind, resource } = all;
  const written = oldObject ? 'UPDATE' : 'CREATE';
  return {
    operation: given === null ? 'DELETE' : written,
    kind: { group, version, kind },
    resource: { group, version, resource },
    object: given === null ? null : object,
    oldObject: oldObject ?? null,
    ...(now !== undefined && { now }),
    ...(namespaceObject && { namespaceObject }),
    ...(userInfo && { userInfo }),
  };
}
