// SARIF 2.1.0, as GitHub code scanning takes it.
import type { Location, Log, ReportingDescriptor, Result } from 'sarif';
import type { Finding, Level, Place, Report } from '../../gitops/review/report.ts';
import { nameOf, ruleOf, titleOf } from './words.ts';

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const LEVEL = {
  deny: 'error',
  error: 'error',
  warn: 'warning',
  audit: 'note',
} as const satisfies Record<Level, Result.level>;

/** Returns one run; the place of the policy is a related location, as GitHub shows a result only at its first. */
export function renderSarif({ findings, toolVersion }: Report): string {
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'webapp review', version: toolVersion, rules: rules(findings) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(result),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function rules(findings: readonly Finding[]): ReportingDescriptor[] {
  const first = new Map(findings.toReversed().map((finding) => [ruleOf(finding), finding]));
  return [...first].map(([id, { policy, message }]) => {
    const title = policy ? titleOf(policy) : 'What cannot be read or judged';
    const help = policy?.description ?? message;
    return {
      id,
      name: id,
      shortDescription: { text: title },
      fullDescription: { text: help },
      help: { text: help },
      properties: { precision: 'very-high', tags: [policy?.category ?? 'policy'] },
    };
  });
}

function result(finding: Finding): Result {
  const { message, subject, place, policy, level, fingerprint } = finding;
  const where = place ?? policy?.place;
  return {
    ruleId: ruleOf(finding),
    level: LEVEL[level],
    message: { text: subject ? `${nameOf(subject)}: ${message}` : message },
    ...(where && { locations: [location(where)] }),
    ...(place && policy?.place && { relatedLocations: [{ id: 0, ...location(policy.place) }] }),
    partialFingerprints: { primaryLocationLineHash: `${fingerprint.slice(0, 16)}:1` },
  };
}

function location({ path, line, column, endLine, endColumn }: Place): Location {
  const region = { startLine: line, startColumn: column, endLine, endColumn };
  const uri = path.split('/').map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, region } };
}
