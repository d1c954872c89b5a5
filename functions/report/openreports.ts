// A Report of openreports.io: what dashboards of policy results read.
import type { Finding, Outcome, Report, Subject } from '../../gitops/review/report.ts';
import { ruleOf } from './words.ts';

const RESULT = { deny: 'fail', error: 'error', warn: 'warn', audit: 'warn' } as const;

/** Returns one object of openreports.io/v1alpha1 for each namespace, as a JSON List that kubectl takes. */
export function renderOpenReports(report: Report): string {
  const results = [
    ...report.findings.flatMap(ofFinding),
    ...report.passed.map((outcome) => ofOutcome(outcome, 'pass')),
    ...report.waived.map((outcome) => ofOutcome(outcome, 'skip')),
  ];
  const items = [...Map.groupBy(results, ({ namespace }) => namespace)].map(([namespace, all]) => ({
    apiVersion: 'openreports.io/v1alpha1',
    kind: 'Report',
    metadata: { name: `webapp-review-${report.head.slice(0, 12).toLowerCase()}`, namespace },
    source: 'webapp',
    summary: summaryOf(all.map(({ entry }) => entry.result)),
    results: all.map(({ entry }) => entry),
  }));
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 2)}\n`;
}

type Result = 'pass' | 'fail' | 'warn' | 'error' | 'skip';

interface Row {
  readonly namespace: string;
  readonly entry: { readonly result: Result; readonly [field: string]: unknown };
}

/** A finding about a file belongs to no object, so no cluster report can hold it. */
function ofFinding(finding: Finding): Row[] {
  const { subject, policy, message, level, validation, place } = finding;
  if (subject === undefined) return [];
  const properties = {
    ...(place && { file: `${place.path}:${place.line}:${place.column}` }),
    ...(policy?.binding && { binding: policy.binding }),
  };
  return [
    row(subject, {
      policy: ruleOf(finding),
      ...(validation && { rule: String(validation.index) }),
      ...metadataOf(policy),
      result: RESULT[level],
      description: message,
      properties,
    }),
  ];
}

function ofOutcome({ policy, subject, waiver }: Outcome, result: Result): Row {
  const description = waiver ? `waived until ${waiver.expires}: ${waiver.reason}` : undefined;
  return row(subject, {
    policy: policy.name,
    ...metadataOf(policy),
    result,
    ...(description && { description }),
  });
}

function metadataOf(policy: Finding['policy']): object {
  return {
    ...(policy?.category && { category: policy.category }),
    ...(policy?.severity && { severity: policy.severity }),
  };
}

function row(
  { apiVersion, kind, namespace, name }: Subject,
  entry: { readonly policy: string; readonly result: Result; readonly [field: string]: unknown },
): Row {
  const subjects = [{ apiVersion, kind, namespace, name }];
  return { namespace, entry: { source: 'webapp', scored: true, ...entry, subjects } };
}

function summaryOf(results: readonly Result[]): Record<Result, number> {
  const summary = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  for (const result of results) summary[result]++;
  return summary;
}
