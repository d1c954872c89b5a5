import type { Level, Report } from '../../gitops/review/report.ts';
import { nameOf, ruleOf } from './words.ts';

const SEVERITY: Readonly<Record<Level, string>> = {
  deny: 'blocker',
  error: 'critical',
  warn: 'minor',
  audit: 'info',
};

/** Returns a GitLab code quality report (an artifact named codequality). */
export function renderGitlab({ findings }: Report): string {
  const issues = findings.map((finding) => ({
    description: finding.subject
      ? `${nameOf(finding.subject)}: ${finding.message}`
      : finding.message,
    check_name: ruleOf(finding),
    // GitLab shows only the first of those that share one.
    fingerprint: finding.fingerprint,
    severity: SEVERITY[finding.level],
    // A finding must have a place; what belongs to no file is shown at the policy's.
    location: {
      path: (finding.place ?? finding.policy?.place)?.path ?? '.',
      lines: { begin: (finding.place ?? finding.policy?.place)?.line ?? 1 },
    },
  }));
  return `${JSON.stringify(issues, undefined, 2)}\n`;
}
