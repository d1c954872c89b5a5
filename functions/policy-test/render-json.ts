import type { CaseResult } from '../../gitops/policy-test/run-tests.ts';
import { jsonOf } from '../report/words.ts';
import { countsOf, type TestReport } from './test-report.ts';

/** Returns the report as one JSON document. */
export function renderTestJson(report: TestReport): string {
  const { results, untested, problems } = report;
  return jsonOf({
    apiVersion: 'test.example.com/v1',
    kind: 'PolicyTestReport',
    counts: countsOf(report),
    cases: results.map(caseOf),
    untested,
    problems,
  });
}

function caseOf({ test, case: each, seen, failures }: CaseResult): object {
  const { path, line, column } = each.expectPlace;
  return {
    test: test.name,
    case: each.name,
    place: { path, line, column },
    passed: failures.length === 0,
    ...(each.expect && { expected: each.expect }),
    outcome: seen.outcome,
    findings: seen.findings,
    failures,
  };
}
