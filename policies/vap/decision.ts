import type { Place } from './load/field.ts';
import type { Reason, ValidationAction } from './policy.ts';

/**
 * What became of one expression:
 *
 * - pass: true, or an audit annotation that has its value
 * - fail: false
 * - error: it could not be evaluated, or the policy or binding could not be used
 * - skip: a match condition says that the policy is not for this request
 * - cannotJudge: its result depends on what is not known here
 * - waived: it would deny, but somebody answers for the exception
 */
export type Outcome = 'pass' | 'fail' | 'error' | 'skip' | 'cannotJudge' | 'waived';

/** What the outcome means for the request before the binding's actions are asked. */
export type Effect = 'admit' | 'deny' | 'unknown';

/** The part of a policy that a decision is about. */
export type Subject = 'validation' | 'auditAnnotation' | 'matchCondition' | 'configuration';

/** A field of the object that an expression reads, and the value it had. */
export interface FieldValue {
  /** Keys and indexes from the object's root. */
  readonly path: readonly (string | number)[];
  /** JSON; undefined where the object has no such field. */
  readonly value: unknown;
}

export interface Decision {
  readonly policy: string;
  /** Undefined where the policy itself could not be used. */
  readonly binding?: string;
  /** The parameter it was judged by: namespace/name, or name. */
  readonly param?: string;
  readonly subject: Subject;
  /** Index of the expression in its list; 0 for configuration and match conditions, as the API server counts. */
  readonly index: number;
  readonly outcome: Outcome;
  readonly effect: Effect;
  /** What is done if the effect is to deny; errors of configuration and audit annotations deny whatever is bound. */
  readonly actions: readonly ValidationAction[];
  /** The API server's message; for a decision that admits, why it says nothing more. Empty for a pass. */
  readonly message: string;
  readonly reason: Reason;
  readonly expression?: string;
  /** Where the expression stands. */
  readonly place?: Place;
  /** Units of cost of the expression and of the variables it was the first to use. */
  readonly cost: number;
  /** The fields of the object that a failing expression reads, as far as they can be told. */
  readonly fields: readonly FieldValue[];
  /** The audit annotation to publish; the key without the policy's name. */
  readonly annotation?: { readonly key: string; readonly value: string };
  /** The waiver, and the index of the object among those it names. */
  readonly waiver?: { readonly name: string; readonly object: number };
}

const CODES: Readonly<Record<Reason, number>> = {
  Forbidden: 403,
  Invalid: 422,
  RequestEntityTooLarge: 413,
};

/** Returns the HTTP status that the API server answers a denial with. */
export function codeOf(reason: Reason): number {
  return CODES[reason];
}
