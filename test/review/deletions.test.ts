// What a merge would delete is judged as the deletes that a sync and a visit would send.
import test from 'ava';
import { KEEP_B, KEEP_INGRESS, policyFile, waiverFile } from '../helpers/policy-files.ts';
import { reportOf } from './findings.ts';

const app = (name: string, more = '') =>
  `apiVersion: example.com/v1\nkind: WebApp\nmetadata:\n  name: ${name}\n${more}spec:\n  image: a/b:1\n`;
const BASE = {
  'apps/a.yaml': app('a'),
  'apps/b.yaml': `# The one to keep.\n${app('b')}`,
  'policies/keep.yaml': policyFile(KEEP_B),
};
const { 'apps/b.yaml': _b, ...WITHOUT_B } = BASE;

test('review: a WebApp that a policy keeps from being deleted is a finding where it stood', async (t) => {
  const { findings, counts, conclusion, changes } = await reportOf(BASE, WITHOUT_B);
  t.is(findings.length, 1);
  t.like(findings[0], {
    level: 'deny',
    operation: 'DELETE',
    side: 'base',
    message: 'this one is to be kept',
    denial:
      "ValidatingAdmissionPolicy 'keep-b' with binding 'keep-b' denied request: this one is to be kept",
    subject: { kind: 'WebApp', name: 'b' },
    policy: { name: 'keep-b' },
    place: { path: 'apps/b.yaml', line: 5, column: 9 },
    fix: 'Keep WebApp b in apps/b.yaml, or let a PolicyWaiver of keep-b name the WebApp.',
    values: [],
  });
  t.deepEqual(findings[0]?.excerpt?.lines[2], '  name: b');
  t.is(conclusion, 'denied');
  t.like(counts, { fail: 1, error: 0 });
  t.true(changes.some(({ action, subject }) => action === 'delete' && subject.name === 'b'));
});

test('review: a WebApp that a policy lets go has passed it', async (t) => {
  const { 'apps/a.yaml': _a, ...head } = BASE;
  const { findings, counts, conclusion } = await reportOf(BASE, head);
  t.deepEqual(findings, []);
  t.is(counts.pass, 1);
  t.is(conclusion, 'passed');
});

test('review: a waiver lets a WebApp go', async (t) => {
  const waiver = { 'policies/waiver.yaml': waiverFile('keep-b', 'b', '2999-01-01') };
  const report = await reportOf({ ...BASE, ...waiver }, { ...WITHOUT_B, ...waiver });
  t.deepEqual(report.findings, []);
  t.is(report.waived.length, 1);
});

test('review: a policy that asks who deletes cannot be judged', async (t) => {
  const expression = "request.userInfo.username == 'ada'";
  const who = { 'policies/keep.yaml': policyFile({ ...KEEP_B, expression }) };
  const report = await reportOf({ ...BASE, ...who }, { ...WITHOUT_B, ...who });
  t.is(report.conclusion, 'cannot-judge');
  t.like(report.findings[0], { level: 'error', operation: 'DELETE', side: 'base' });
  t.is(report.findings[0]?.fix, undefined);
});

test('review: what a policy would only warn of or audit is told', async (t) => {
  for (const actions of ['Warn', 'Audit']) {
    const keep = { 'policies/keep.yaml': policyFile({ ...KEEP_B, actions }) };
    const { findings, conclusion } = await reportOf(
      { ...BASE, ...keep },
      { ...WITHOUT_B, ...keep },
    );
    t.like(findings[0], { level: actions.toLowerCase(), operation: 'DELETE' });
    t.is(conclusion, 'warned');
  }
});

test('review: nothing is asked about a WebApp that a sync would not delete', async (t) => {
  const report = await reportOf(BASE, WITHOUT_B, { prune: false });
  t.deepEqual([report.findings, report.changes, report.conclusion], [[], [], 'unchanged']);
  const disabled = '  annotations: {webapps.example.com/prune: disabled}\n';
  const base = { ...BASE, 'apps/b.yaml': app('b', disabled) };
  t.is((await reportOf(base, WITHOUT_B)).conclusion, 'unchanged');
  const moved = { ...WITHOUT_B, 'apps/other.yaml': app('b') };
  t.is((await reportOf(BASE, moved)).conclusion, 'unchanged', 'only its file has another name');
});

test('review: an Ingress that goes with the host is judged as a delete, where the host stood', async (t) => {
  const files = (spec: string) => ({
    'apps/a.yaml': `${app('a')}${spec}`,
    'policies/ingress.yaml': policyFile(KEEP_INGRESS),
  });
  const { findings } = await reportOf(files('  host: a.example.com\n'), files('  replicas: 2\n'));
  t.is(findings.length, 1);
  t.like(findings[0], {
    level: 'deny',
    operation: 'DELETE',
    subject: { kind: 'Ingress', name: 'a', webapp: 'a' },
    message: 'somebody comes this way',
    place: { path: 'apps/a.yaml', line: 5 },
    fix: 'Keep spec.host, or let a PolicyWaiver of keep-ingress name the Ingress.',
  });
  t.is(findings[0]?.side, undefined);
});
