// Code quality reports against what GitLab documents of them.
import test from 'ava';
import { renderGitlab } from '../../../functions/report/gitlab.ts';
import { REPORT_NAMES, REPORTS } from '../../helpers/report-cases.ts';
import { HIDING, schema } from '../../helpers/report-checks.ts';
import { fileFinding, finding, report } from '../../helpers/reports.ts';

const broken = schema('test/schemas/gitlab-code-quality.json');

type Issue = { description: string; fingerprint: string; severity: string; location: unknown };

for (const name of REPORT_NAMES) {
  test(`gitlab: ${name} keeps to the documented form`, (t) => {
    const text = renderGitlab(REPORTS[name]);
    const issues = JSON.parse(text) as Issue[];
    t.deepEqual(broken(issues), []);
    t.is(issues.length, REPORTS[name].findings.length);
    // GitLab shows one of those that share one.
    t.is(new Set(issues.map(({ fingerprint }) => fingerprint)).size, issues.length);
    t.notRegex(text, HIDING);
    for (const { description } of issues) t.notRegex(description, /[\r\n]/);
  });
}

test('gitlab: levels are severities', (t) => {
  const issues = JSON.parse(renderGitlab(REPORTS.huge)) as Issue[];
  const severities = [...new Set(issues.map(({ severity }) => severity))];
  t.deepEqual(severities, ['blocker', 'critical', 'minor', 'info']);
});

test('gitlab: a finding without a place stands at its policy, or at the repository', (t) => {
  const { place: _, ...placeless } = finding();
  const issues = JSON.parse(renderGitlab(report({ findings: [placeless, fileFinding('none')] })));
  t.deepEqual(broken(issues), []);
  t.deepEqual(
    (issues as Issue[]).map(({ location }) => location),
    [
      { path: 'policies/max-replicas.yaml', lines: { begin: 14 } },
      { path: '.', lines: { begin: 1 } },
    ],
  );
});
