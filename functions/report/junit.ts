// JUnit XML: one test case for each policy and object, as readers tell cases apart by these.
import { create } from 'xmlbuilder2';
import type { Finding, Level, Outcome, Report } from '../../gitops/review/report.ts';
import { codeFrame, nameOf, oneLine, placeInHead, ruleOf, sentence, visible } from './words.ts';

/** Worst first. */
const LEVELS = ['deny', 'error', 'warn', 'audit'] as const satisfies readonly Level[];

/** Returns the document; a warning is a passed case that says so in its output. */
export function renderJunit({ findings, passed, waived }: Report): string {
  const failed = [...Map.groupBy(findings, keyOf).values()].map(worstFirst);
  const cases = [...failed.map(ofFindings), ...passed.map(ofPassed), ...waived.map(ofWaived)];
  const count = (level: Level) => failed.filter(([worst]) => worst?.level === level).length;
  const totals = { '@tests': cases.length, '@failures': count('deny'), '@errors': count('error') };
  const testsuite = {
    '@name': 'policy review',
    ...totals,
    '@skipped': waived.length,
    testcase: cases,
  };
  const document = create({ encoding: 'UTF-8' }, { testsuites: { ...totals, testsuite } });
  return `${document.end({ prettyPrint: true })}\n`;
}

function keyOf(finding: Finding): string {
  return JSON.stringify([ruleOf(finding), caseName(finding)]);
}

function caseName({ subject, place }: Finding): string {
  return subject ? nameOf(subject) : (place?.path ?? 'repository');
}

function worstFirst(findings: readonly Finding[]): Finding[] {
  return LEVELS.flatMap((level) => findings.filter((finding) => finding.level === level));
}

function ofFindings(findings: readonly Finding[]): object {
  const [worst] = findings;
  if (worst === undefined) return {};
  const { level, message } = worst;
  const place = placeInHead(worst);
  const detail = ampersands(findings.flatMap(detailLines).join('\n'));
  const text = (type: string) => ({ '@message': attribute(message), '@type': type, '#': detail });
  return {
    '@name': attribute(caseName(worst)),
    '@classname': attribute(ruleOf(worst)),
    ...(place && { '@file': attribute(place.path), '@line': place.line }),
    ...(level === 'deny' && { failure: text('PolicyDenied') }),
    ...(level === 'error' && { error: text('CannotJudge') }),
    ...((level === 'warn' || level === 'audit') && { 'system-out': detail }),
  };
}

function detailLines(finding: Finding): string[] {
  const { level, message, operation } = finding;
  const said = operation === 'DELETE' ? sentence(finding) : message;
  return [`${level}: ${visible(said)}`, ...codeFrame(finding)];
}

function ofPassed({ policy, subject }: Outcome): object {
  return { '@name': attribute(nameOf(subject)), '@classname': attribute(policy.name) };
}

function ofWaived(outcome: Outcome): object {
  const { waiver } = outcome;
  const why = waiver ? `waived until ${waiver.expires} by ${waiver.owner}: ${waiver.reason}` : '';
  return { ...ofPassed(outcome), skipped: { '@message': attribute(why) } };
}

/** Returns a text as an attribute takes it: one line. */
export function attribute(text: string): string {
  return ampersands(oneLine(text));
}

/** The builder reads entities in what it is given, and its writer leaves them as they are: so twice. */
export function ampersands(text: string): string {
  return text.replaceAll('&', '&amp;amp;');
}
