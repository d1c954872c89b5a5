// The report for a terminal: a line for each case, and for one that failed what was expected, and where that stands.
import type { CaseResult } from '../../gitops/policy-test/run-tests.ts';
import { codeFrame, formatProblem } from '../../policies/index.ts';
import { harmless } from '../report/text.ts';
import { count } from '../report/words.ts';
import { countsOf, type TestReport } from './test-report.ts';

/** Returns the lines for stdout; the verdict is the last. Plain text: no colour, no control characters. */
export function renderTestText(report: TestReport): string {
  const texts = new Map(report.files.map(({ path, text }) => [path, text]));
  const files = [...Map.groupBy(report.results, ({ test }) => test.path)];
  const lines = [
    ...files.flatMap(([path, results]) => [
      path,
      ...results.flatMap((result) => caseLines(result, texts.get(path) ?? '')),
      '',
    ]),
    ...report.untested.map((problem) => `✗ ${formatProblem(problem)}`),
    summary(report),
  ];
  return `${lines.map(harmless).join('\n')}\n`;
}

function caseLines({ case: each, failures, seen }: CaseResult, text: string): string[] {
  if (failures.length === 0) return [`  ✔ ${each.name}: ${seen.outcome}`];
  const { path, line, column } = each.expectPlace;
  return [
    `  ✗ ${each.name}`,
    ...failures.map((failure) => `      ${failure}`),
    `      ${path}:${line}:${column}`,
    ...codeFrame(text, each.expectPlace, each.expect?.length ?? each.name.length)
      .split('\n')
      .map((row) => `      ${row}`),
  ];
}

function summary(report: TestReport): string {
  const { cases, passed, failed, policies, untested, errors } = countsOf(report);
  const broken = errors > 0 ? `, ${count(errors, 'error')}` : '';
  const tested = untested > 0 ? `, ${untested} of them not tested` : '';
  return `${count(cases, 'case')}: ${passed} passed, ${failed} failed${broken}; ${count(policies, 'policy', 'policies')}${tested}`;
}
