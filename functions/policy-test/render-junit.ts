// JUnit XML: a suite for each test file, a case for each case, and one for each policy that nothing tests.
import { create } from 'xmlbuilder2';
import type { CaseResult } from '../../gitops/policy-test/run-tests.ts';
import { errorsIn, formatProblem, type Problem } from '../../policies/index.ts';
import { ampersands, attribute } from '../report/junit.ts';
import { visible } from '../report/words.ts';
import { countsOf, type TestReport } from './test-report.ts';

/** Returns the document. */
export function renderTestJunit(report: TestReport): string {
  const { results, untested, problems } = report;
  const { failed, errors } = countsOf(report);
  const totals = {
    '@tests': results.length + untested.length + errors,
    '@failures': failed + untested.length,
    '@errors': errors,
  };
  const broken = errorsIn(problems);
  const suites = [...Map.groupBy(results, ({ test }) => test.path)].map(([path, own]) =>
    suite(path, own.map(caseOf), own.filter(({ failures }) => failures.length > 0).length),
  );
  const others = [
    ...untested.map((each) => problemCase(each, 'failure')),
    ...broken.map((each) => problemCase(each, 'error')),
  ];
  const all = others.length > 0 ? [...suites, suite('policies', others, untested.length)] : suites;
  const document = create({ encoding: 'UTF-8' }, { testsuites: { ...totals, testsuite: all } });
  return `${document.end({ prettyPrint: true })}\n`;
}

function suite(name: string, testcase: readonly object[], failures: number): object {
  const errors = testcase.filter((each) => 'error' in each).length;
  const totals = { '@tests': testcase.length, '@failures': failures, '@errors': errors };
  return { '@name': attribute(name), ...totals, testcase };
}

function caseOf({ test, case: each, failures }: CaseResult): object {
  const { path, line } = each.expectPlace;
  const [first = ''] = failures;
  const detail = ampersands(failures.map(visible).join('\n'));
  return {
    '@name': attribute(each.name),
    '@classname': attribute(test.name),
    '@file': attribute(path),
    '@line': line,
    ...(failures.length > 0 && { failure: { '@message': attribute(first), '#': detail } }),
  };
}

function problemCase(problem: Problem, as: 'failure' | 'error'): object {
  const { path, line, message } = problem;
  const text = { '@message': attribute(message), '#': ampersands(visible(formatProblem(problem))) };
  return {
    '@name': attribute(`${path}:${line}`),
    '@classname': 'policies',
    '@file': attribute(path),
    '@line': line,
    [as]: text,
  };
}
