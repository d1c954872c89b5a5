// The review for a terminal: one line for each finding, in the form that editors jump to.
import type { Finding, Report } from '../../gitops/review/report.ts';
import { aboutOf, codeFrame, count, nameOf, ruleOf, visible } from './words.ts';

const WORD = { deny: 'DENY ', error: 'ERROR', warn: 'WARN ', audit: 'AUDIT' } as const;

/** Returns the lines for stdout; the verdict is the last. Plain text: no colour, no control characters. */
export function renderText(report: Report): string {
  const lines = [
    ...report.findings.flatMap(findingLines),
    ...report.impact.map(
      ({ policy, subject, message }) =>
        `impact  ${policy.name}  ${nameOf(subject)} would begin to fail: ${message}`,
    ),
    ...report.changes.map(({ action, subject, fields, effects }) => {
      const what = [count(fields.length, 'field'), ...effects].join(', ');
      return `${action.padEnd(6)}  ${nameOf(subject)}  ${what}`;
    }),
    ...report.waived.map(({ policy, subject, waiver }) => {
      return `waived  ${policy.name}  ${nameOf(subject)} until ${waiver?.expires}: ${waiver?.reason}`;
    }),
    ...driftLines(report),
    summary(report),
  ];
  return `${lines.map(harmless).join('\n')}\n`;
}

/** Told beside the verdict: what a cluster holds other than the base says. */
function driftLines({ drift = [], driftUnseen }: Report): string[] {
  if (driftUnseen !== undefined) return [`drift   not known: ${driftUnseen}`];
  return drift.flatMap(({ subject, fields, isMissing }) => [
    `drift   ${nameOf(subject)}  ${isMissing ? 'not in the cluster' : count(fields.length, 'field')}`,
    ...fields.map(({ path, before = 'absent', after = 'absent', by }) => {
      return `          ${path}: ${before} in the base, ${after} in the cluster${by ? `, set by ${by}` : ''}`;
    }),
  ]);
}

/** Returns a line that moves no cursor and is no command to the log of GitHub Actions or Azure Pipelines. */
export function harmless(line: string): string {
  return visible(line)
    .replace(/^(\s*):(?=:)/, '$1: ')
    .replace(/#(?=#\w*\[)/g, '# ');
}

/** Returns the line of a finding that editors jump from. */
export function headline(finding: Finding): string {
  const { place, level, message } = finding;
  const where = place ? `${place.path}:${place.line}:${place.column}  ` : '';
  return `${where}${WORD[level]}  ${ruleOf(finding)}  ${aboutOf(finding)}${message}`;
}

function findingLines(finding: Finding): string[] {
  const { denial, fix } = finding;
  return [
    headline(finding),
    ...codeFrame(finding).map((line) => `  ${line}`),
    ...(denial ? [`    ${denial}`] : []),
    ...(fix ? [`    fix: ${fix}`] : []),
    '',
  ];
}

function summary({ counts, webapps }: Report): string {
  const { pass, fail, warn, error, skip, waived } = counts;
  const checks = pass + fail + warn + error + skip + waived;
  const results = `${pass} pass, ${fail} fail, ${warn} warn, ${error} error, ${skip} skip, ${waived} waived`;
  return `${count(checks, 'check')} on ${count(webapps.changed, 'changed WebApp')}: ${results}`;
}
