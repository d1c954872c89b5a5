// One judgement as a value for scripts. Its form is docs/evaluation.schema.json; later releases may add fields only.
import type { Decision, Hash, Verdict } from '../../policies/index.ts';
import { withExamples } from '../../policies/objects/index.ts';
import type { Place } from '../../policies/vap/load/field.ts';
import type { KubeObject } from '../objects.ts';
import { digestOfObject } from '../policy/digests.ts';
import { originOf, tellingFields } from '../policy/origin.ts';
import type { OfflineJudgement, OfflineOperation } from './judge-offline.ts';
import type { WrittenObject } from './objects.ts';

/** A policy's say about one object: one for each expression, binding and parameter. */
export interface EvaluatedDecision {
  readonly policy: string;
  readonly binding?: string;
  readonly param?: string;
  readonly subject: Decision['subject'];
  readonly index: number;
  readonly outcome: Decision['outcome'];
  readonly effect: Decision['effect'];
  readonly actions: Decision['actions'];
  readonly message: string;
  readonly reason: Decision['reason'];
  readonly expression?: string;
  /** Units of the API server's CEL cost. */
  readonly cost: number;
  readonly waiver?: string;
  /** Where the expression stands. */
  readonly policyPlace?: Place;
  /** Where the field stands that it is about, in the file of the object. */
  readonly objectPlace?: Place;
}

export interface Evaluation {
  readonly apiVersion: 'eval.example.com/v1';
  readonly kind: 'Evaluation';
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    /** The WebApp that it would be made from. */
    readonly madeFrom?: string;
  };
  readonly place: Place;
  readonly operation: OfflineOperation;
  readonly outcome: Verdict['outcome'];
  /** What the API server would answer, for a denial. */
  readonly denial?: { readonly code: number; readonly reason: string; readonly message: string };
  /** Why nobody can tell. */
  readonly reasons?: readonly string[];
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  readonly decisions: readonly EvaluatedDecision[];
  readonly policiesDigest: string;
  readonly objectDigest: string;
}

export interface EvaluatedBy {
  readonly policiesDigest: string;
  readonly hash: Hash;
}

/** Returns the judgements of a written object and of what is made of it, the object's own first. */
export function evaluationsOf(
  written: WrittenObject,
  judgements: readonly OfflineJudgement[],
  { policiesDigest, hash }: EvaluatedBy,
): Evaluation[] {
  return judgements.map(({ operation, verdict, decisions, object }, index) => {
    const seen = withExamples(object) as KubeObject;
    const origin = { written, made: index > 0 };
    return {
      apiVersion: 'eval.example.com/v1',
      kind: 'Evaluation',
      object: subjectOf(seen, origin),
      place: written.place,
      operation,
      ...answerOf(verdict),
      decisions: decisions.map((each) => decisionOf(each, object.kind, origin)),
      policiesDigest,
      objectDigest: digestOfObject(seen, hash),
    };
  });
}

/** What was written, and whether it is about an object that is made of it. */
interface Origin {
  readonly written: WrittenObject;
  readonly made: boolean;
}

function subjectOf({ apiVersion, kind, metadata }: KubeObject, { written, made }: Origin) {
  const { namespace = '', name = '' } = metadata;
  const madeFrom = written.object.metadata.name;
  return { apiVersion, kind, namespace, name, ...(made && { madeFrom }) };
}

function decisionOf(
  { place, waiver, fields, annotation: _, ...said }: Decision,
  kind: string,
  { written, made }: Origin,
): EvaluatedDecision {
  const telling = tellingFields(fields)[0]?.path;
  // Fields of a WebApp that decide fields of its children have neither indexes nor dots in their names.
  const at = telling && made ? originOf(kind, telling).split('.') : telling;
  return {
    ...said,
    ...(waiver && { waiver: waiver.name }),
    ...(place && { policyPlace: place }),
    ...(at && { objectPlace: written.placeOf(at) }),
  };
}

function answerOf(verdict: Verdict) {
  const { outcome, warnings, auditAnnotations } = verdict;
  const said = { outcome, warnings, auditAnnotations };
  if (verdict.outcome === 'cannotJudge') return { ...said, reasons: verdict.reasons };
  if (verdict.outcome === 'allowed') return said;
  const { code, reason, status } = verdict;
  return { ...said, denial: { code, reason, message: status } };
}
