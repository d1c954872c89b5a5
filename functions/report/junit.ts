// JUnit XML: one test case for each policy and object.
import { create } from 'xmlbuilder2';
import type { Finding, Outcome, Report } from '../../gitops/review/report.ts';
import { codeFrame, nameOf, ruleOf, withoutControls } from './words.ts';

/** Returns the document; a warning is a passed case that says so in its output. */
export function renderJunit(report: Report): string {
  const { findings, passed, waived } = report;
  const cases = [...findings.map(ofFinding), ...passed.map(ofPassed), ...waived.map(ofWaived)];
  const totals = {
    '@tests': cases.length,
    '@failures': findings.filter(({ level }) => level === 'deny').length,
    '@errors': findings.filter(({ level }) => level === 'error').length,
    '@skipped': waived.length,
  };
  const suite = { '@name': 'policy review', ...totals, testcase: cases };
  return `${create({ encoding: 'UTF-8' }, { testsuites: { ...totals, testsuite: suite } }).end({ prettyPrint: true })}\n`;
}

function ofFinding(finding: Finding): object {
  const { level, subject, place, message } = finding;
  const detail = [message, ...codeFrame(finding)].map((line) => withoutControls(line)).join('\n');
  const text = { '@message': withoutControls(message), '#': detail };
  return {
    '@classname': ruleOf(finding),
    '@name': subject ? nameOf(subject) : (place?.path ?? 'repository'),
    ...(place && { '@file': place.path, '@line': place.line }),
    ...(level === 'deny' && { failure: text }),
    ...(level === 'error' && { error: text }),
    ...((level === 'warn' || level === 'audit') && { 'system-out': `${level}: ${detail}` }),
  };
}

function ofPassed({ policy, subject }: Outcome): object {
  return { '@classname': policy.name, '@name': nameOf(subject) };
}

function ofWaived({ policy, subject, waiver }: Outcome): object {
  const why = waiver ? `waived until ${waiver.expires} by ${waiver.owner}: ${waiver.reason}` : '';
  return {
    '@classname': policy.name,
    '@name': nameOf(subject),
    skipped: { '@message': withoutControls(why) },
  };
}
