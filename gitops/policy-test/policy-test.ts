// Tests of policies, as they are written beside them: objects, and what the policies are to say of each.
import type { Reason, Resource, UserInfo } from '../../policies/index.ts';
import type { Place } from '../../policies/vap/load/field.ts';
import type { KubeObject } from '../objects.ts';

export const TEST_VERSION = 'example.com/v1';
export const TEST_KIND = 'PolicyTest';

/**
 * What came of a case, the strongest first. denied: the write is refused. cannotJudge: what decides was not given.
 * warned: let through with a warning. allowed: some policy was asked, and none had anything against it but for the
 * audit log. skipped: no policy under test is for this write.
 */
export const OUTCOMES = ['denied', 'cannotJudge', 'warned', 'allowed', 'skipped'] as const;
export type CaseOutcome = (typeof OUTCOMES)[number];

/** A failure that a policy is to find; what is left out may be anything. */
export interface ExpectedFinding {
  readonly policy: string;
  readonly message?: string;
  readonly reason?: Reason;
}

/** One write, and what is to come of it. */
export interface TestCase {
  readonly name: string;
  /** Where the case begins, and where its expectation stands or would. */
  readonly place: Place;
  readonly expectPlace: Place;
  readonly resource: Resource;
  /** Null for a delete. */
  readonly object: KubeObject | null;
  readonly oldObject?: KubeObject;
  /** In place of the parameters among the policies; left out: those. */
  readonly params?: readonly KubeObject[];
  readonly namespaceObject?: KubeObject;
  readonly userInfo?: UserInfo;
  /** Milliseconds since 1970, which waivers are held against; left out: no waiver holds. */
  readonly now?: number;
  readonly children: boolean;
  readonly expect?: CaseOutcome;
  /** All that is to be found, where it is given. */
  readonly findings?: readonly ExpectedFinding[];
}

export interface PolicyTest {
  readonly name: string;
  readonly path: string;
  /** Names of the policies under test; left out: all of the folder. */
  readonly policies?: readonly string[];
  readonly cases: readonly TestCase[];
}
