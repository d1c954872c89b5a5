import type { CaseResult } from '../../gitops/policy-test/run-tests.ts';
import { errorsIn, type PolicyFile, type Problem } from '../../policies/index.ts';

/** What `webapp test` found; every output is a rendering of it. */
export interface TestReport {
  readonly results: readonly CaseResult[];
  /** What is wrong with the files; an error means that not all was run. */
  readonly problems: readonly Problem[];
  /** How many policies there are. */
  readonly policies: number;
  /** Policies that no case shows to find anything, at the places of their names. */
  readonly untested: readonly Problem[];
  /** All files that were read, for the texts of their lines. */
  readonly files: readonly PolicyFile[];
}

/** Returns the numbers of the closing line. */
export function countsOf({ results, policies, untested, problems }: TestReport) {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  return {
    cases: results.length,
    passed: results.length - failed,
    failed,
    policies,
    untested: untested.length,
    errors: errorsIn(problems).length,
  };
}
