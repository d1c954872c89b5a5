// What a review says, as one value. Every output (comment, check, SARIF, ...) is a rendering of it. It holds no time
// and no duration, so that the same commits and policies give the same bytes.

/** Where a text stands: lines and columns from 1, `endColumn` exclusive, as SARIF counts. */
export interface Place {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** An object that was judged. */
export interface Subject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The WebApp it would be made from, for a child; absent for a WebApp itself. */
  readonly webapp?: string;
}

/**
 * What a finding does to the merge. deny: the cluster would reject it. warn, audit: it would not. error: nobody can
 * judge, which counts as failing; a broken file or policy, or an expression that needs what a review has not.
 */
export type Level = 'deny' | 'error' | 'warn' | 'audit';

export interface PolicyRef {
  readonly name: string;
  readonly binding?: string;
  /** From the policy's annotations; absent where it has none. */
  readonly title?: string;
  readonly category?: string;
  readonly severity?: 'critical' | 'high' | 'medium' | 'low' | 'info';
  readonly description?: string;
  /** Where the policy (or the expression that failed) stands, in the base. */
  readonly place?: Place;
}

/** One thing that is wrong. */
export interface Finding {
  readonly level: Level;
  /** Stable over commits that do not touch it: a digest of policy, object and field. 64 hex digits. */
  readonly fingerprint: string;
  /** One sentence for people. */
  readonly message: string;
  /** What the API server would answer, word for word; absent where it would not be asked. */
  readonly denial?: string;
  /** Where the object would be deleted; absent where it would be created or changed. */
  readonly operation?: 'DELETE';
  /** Absent for a finding about a file or policy rather than an object. */
  readonly subject?: Subject;
  readonly policy?: PolicyRef;
  /** Position of the validation in the policy, from 0, and how many it has. */
  readonly validation?: { readonly index: number; readonly of: number };
  readonly expression?: string;
  /** What the expression read: spec.replicas = 12. */
  readonly values: readonly { readonly path: string; readonly value: string }[];
  /** The line of the head that has to change; the WebApp's own where a child was judged. */
  readonly place?: Place;
  /** Where the place stands in the base and no longer in the head: a WebApp that goes. */
  readonly side?: 'base';
  /** Lines around the place, so that outputs need no file: `line` is the number of the first. */
  readonly excerpt?: { readonly line: number; readonly lines: readonly string[] };
  /** What to do, in one sentence. */
  readonly fix?: string;
}

/** A policy that found nothing, or that a waiver holds back. */
export interface Outcome {
  readonly policy: PolicyRef;
  readonly subject: Subject;
  readonly waiver?: WaiverRef;
}

export interface WaiverRef {
  readonly name: string;
  readonly reason: string;
  readonly owner: string;
  /** YYYY-MM-DD or RFC 3339, as committed. */
  readonly expires: string;
  readonly place: Place;
}

/** One field that would change; an absent side means the field is not there. Values are compact JSON or text. */
export interface FieldDifference {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
  /** Field manager that set what a cluster holds; only where drift is told. */
  readonly by?: string;
}

/** What the merge would do to one object. */
export interface ObjectChange {
  readonly action: 'create' | 'change' | 'delete';
  readonly subject: Subject;
  readonly fields: readonly FieldDifference[];
  /** What that means at run time: `rolling restart`, `+9 pods`, `deletes 3 pods`. */
  readonly effects: readonly string[];
}

/** A WebApp that is fine today and would fail under the policies of the head. */
export interface Impact {
  readonly policy: PolicyRef;
  readonly subject: Subject;
  readonly message: string;
  readonly place?: Place;
}

/** A difference between the base (before) and the cluster (after); told beside the verdict, never part of it. */
export interface Drift {
  readonly subject: Subject;
  /** The cluster has no such object; there are no fields then. */
  readonly isMissing?: boolean;
  readonly fields: readonly FieldDifference[];
}

export type Conclusion = 'passed' | 'warned' | 'denied' | 'cannot-judge' | 'unchanged';

export interface Counts {
  readonly pass: number;
  readonly fail: number;
  readonly warn: number;
  readonly error: number;
  readonly skip: number;
  readonly waived: number;
}

export interface Report {
  readonly apiVersion: 'review.example.com/v1';
  readonly kind: 'ReviewReport';
  /** Commits (40 hex digits) or names of folders. */
  readonly base: string;
  readonly head: string;
  /** SHA-256 of the policies that judged, 64 hex digits. */
  readonly policiesDigest: string;
  readonly toolVersion: string;
  readonly conclusion: Conclusion;
  readonly counts: Counts;
  readonly webapps: { readonly changed: number; readonly all: number };
  /** deny, error, warn, audit; then by place. */
  readonly findings: readonly Finding[];
  readonly passed: readonly Outcome[];
  readonly waived: readonly Outcome[];
  readonly changes: readonly ObjectChange[];
  readonly impact: readonly Impact[];
  /** Absent without a cluster, and where it could not be seen. */
  readonly drift?: readonly Drift[];
  /** Why a cluster that was asked could not be seen. */
  readonly driftUnseen?: string;
}
