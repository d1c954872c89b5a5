import type { Finding, Level, Report } from '../../gitops/review/report.ts';
import { jsonOf, numbered, placeOf, ruleOf, sentence } from './words.ts';

const SEVERITY: Readonly<Record<Level, string>> = {
  deny: 'blocker',
  error: 'critical',
  warn: 'minor',
  audit: 'info',
};

/** Returns a GitLab code quality report (an artifact named codequality). */
export function renderGitlab({ findings }: Report): string {
  return jsonOf(numbered(findings).map(({ finding, nth }) => issue(finding, nth)));
}

function issue(finding: Finding, nth: number): object {
  const { path, line } = placeOf(finding);
  return {
    description: sentence(finding),
    check_name: ruleOf(finding),
    // GitLab shows only the first of those that share one.
    fingerprint: nth === 1 ? finding.fingerprint : `${finding.fingerprint}-${nth}`,
    severity: SEVERITY[finding.level],
    location: { path, lines: { begin: line } },
  };
}
