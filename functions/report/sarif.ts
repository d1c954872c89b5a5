// SARIF 2.1.0, as GitHub code scanning takes it.
import type { Location, Log, ReportingDescriptor, Result } from 'sarif';
import type { Finding, Level, Place, Report } from '../../gitops/review/report.ts';
import {
  clip,
  jsonOf,
  numbered,
  oneLine,
  placeInHead,
  placeOf,
  ruleOf,
  sentence,
  titleOf,
} from './words.ts';

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const LEVEL = {
  deny: 'error',
  error: 'error',
  warn: 'warning',
  audit: 'note',
} as const satisfies Record<Level, Result.level>;

/** What GitHub takes: results (and so rules) of a run, and characters of a name and of a description. */
const MAX_RESULTS = 25_000;
const MAX_NAME = 255;
const MAX_DESCRIPTION = 1024;

/** Returns one run; the place of the policy is a related location, as GitHub shows a result only at its first. */
export function renderSarif({ findings, toolVersion }: Report): string {
  const kept = findings.slice(0, MAX_RESULTS);
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'webapp review', version: toolVersion, rules: rules(kept) } },
        columnKind: 'utf16CodeUnits',
        results: numbered(kept).map(result),
      },
    ],
  };
  return jsonOf(log);
}

function rules(findings: readonly Finding[]): ReportingDescriptor[] {
  const first = new Map(findings.toReversed().map((finding) => [ruleOf(finding), finding]));
  return [...first].reverse().map(([id, { policy, message }]) => {
    const title = policy ? oneLine(titleOf(policy)) || id : 'What cannot be read or judged';
    const help = oneLine(policy?.description ?? '') || (policy ? title : oneLine(message)) || title;
    return {
      id,
      name: clip(id, MAX_NAME),
      shortDescription: { text: clip(title, MAX_DESCRIPTION) },
      fullDescription: { text: clip(help, MAX_DESCRIPTION) },
      help: { text: help },
      properties: { precision: 'very-high', tags: [oneLine(policy?.category ?? '') || 'policy'] },
    };
  });
}

function result({ finding, nth }: { finding: Finding; nth: number }): Result {
  const { policy, level, fingerprint } = finding;
  const place = placeInHead(finding);
  return {
    ruleId: ruleOf(finding),
    level: LEVEL[level],
    message: { text: unlinked(sentence(finding)) },
    // GitHub refuses a file that has a result without one.
    locations: [location(placeOf(finding))],
    ...(place && policy?.place && { relatedLocations: [{ id: 0, ...location(policy.place) }] }),
    partialFingerprints: { primaryLocationLineHash: `${fingerprint.slice(0, 16)}:${nth}` },
  };
}

/** In a message, [text](target) would be a link. */
function unlinked(text: string): string {
  return text.replaceAll('](', '\\](');
}

function location({ path, line, column, endLine, endColumn }: Place): Location {
  const region = { startLine: line, startColumn: column, endLine, endColumn };
  const uri = path.toWellFormed().split('/').map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, region } };
}
