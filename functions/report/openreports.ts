// A Report of openreports.io: what dashboards of policy results read.
import type { Finding, Outcome, Report, Subject } from '../../gitops/review/report.ts';
import { clip, jsonOf, oneLine, ruleOf } from './words.ts';

const RESULT = { deny: 'fail', error: 'error', warn: 'warn', audit: 'warn' } as const;

/** An API server takes 1.5 MiB of an object. */
const MAX_RESULTS = 500;
const MAX_MESSAGE = 1000;

/** Returns objects of openreports.io/v1alpha1 for each namespace, as a JSON List that kubectl takes. */
export function renderOpenReports(report: Report): string {
  const results = [
    ...report.findings.flatMap(ofFinding),
    ...report.passed.map((outcome) => ofOutcome(outcome, 'pass')),
    ...report.waived.map((outcome) => ofOutcome(outcome, 'skip')),
  ];
  const name = `webapp-review-${nameFrom(report.head)}`;
  const items = [...Map.groupBy(results, ({ namespace }) => namespace)].flatMap(
    ([namespace, rows]) =>
      parts(rows).map((part, index) =>
        objectOf(part, { name: index === 0 ? name : `${name}-${index + 1}`, namespace }),
      ),
  );
  return jsonOf({ apiVersion: 'v1', kind: 'List', items });
}

function parts<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / MAX_RESULTS);
  return Array.from({ length: count }, (_, index) =>
    all.slice(index * MAX_RESULTS, (index + 1) * MAX_RESULTS),
  );
}

function objectOf(
  rows: readonly Row[],
  { name, namespace }: { readonly name: string; readonly namespace: string },
): object {
  const results = rows.map(({ entry }) => entry);
  return {
    apiVersion: 'openreports.io/v1alpha1',
    kind: 'Report',
    metadata: { name, ...(namespace !== '' && { namespace }) },
    source: 'webapp',
    summary: summaryOf(results.map(({ result }) => result)),
    results,
  };
}

/** A commit, or a folder as far as a name may hold it. */
function nameFrom(head: string): string {
  const words = head.toLowerCase().split(/[^a-z0-9]+/);
  return (
    words
      .filter((word) => word !== '')
      .join('-')
      .slice(0, 12)
      .replace(/-$/, '') || 'head'
  );
}

type Result = 'pass' | 'fail' | 'warn' | 'error' | 'skip';

interface Row {
  readonly namespace: string;
  readonly entry: { readonly result: Result; readonly [field: string]: unknown };
}

/** A finding about a file belongs to no object, so no cluster report can hold it. */
function ofFinding(finding: Finding): Row[] {
  const { subject, policy, message, level, validation, place, operation, side } = finding;
  if (subject === undefined) return [];
  const properties = {
    ...(place && { file: oneLine(`${place.path}:${place.line}:${place.column}`) }),
    ...(operation && { operation }),
    ...(side && { side }),
    ...(policy?.binding && { binding: oneLine(policy.binding) }),
  };
  return [
    row(subject, {
      policy: ruleOf(finding),
      ...(validation && { rule: String(validation.index) }),
      ...metadataOf(policy),
      result: RESULT[level],
      message: clip(oneLine(message), MAX_MESSAGE),
      properties,
    }),
  ];
}

function ofOutcome({ policy, subject, waiver }: Outcome, result: Result): Row {
  const why = waiver && oneLine(`waived until ${waiver.expires}: ${waiver.reason}`);
  return row(subject, {
    policy: policy.name,
    ...metadataOf(policy),
    result,
    ...(why && { message: clip(why, MAX_MESSAGE) }),
  });
}

function metadataOf(policy: Finding['policy']): object {
  return {
    ...(policy?.category && { category: oneLine(policy.category) }),
    ...(policy?.severity && { severity: policy.severity }),
  };
}

/** A namespace that no cluster can have is left to where the report is applied. */
function row(
  { apiVersion, kind, namespace, name }: Subject,
  entry: { readonly policy: string; readonly result: Result; readonly [field: string]: unknown },
): Row {
  const resources = [{ apiVersion, kind, namespace, name }];
  // In the CRD's words a warning is what is not met and not scored.
  const scored = entry.result !== 'warn';
  const isName = namespace.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace);
  return {
    namespace: isName ? namespace : '',
    entry: { source: 'webapp', scored, ...entry, resources },
  };
}

function summaryOf(results: readonly Result[]): Record<Result, number> {
  const summary = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  for (const result of results) summary[result]++;
  return summary;
}
