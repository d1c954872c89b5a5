// Reviews of sources -> the one report.
import { canonicalJson, type Hash } from '../../policies/index.ts';
import type { Live } from './drift.ts';
import type { Conclusion, Counts, Finding, Level, Report } from './report.ts';
import type { ScopeReview } from './review.ts';

export interface Frame {
  readonly base: string;
  readonly head: string;
  readonly toolVersion: string;
  readonly hash: Hash;
  /** What a cluster holds beside, where one was asked. */
  readonly live?: Live | undefined;
}

/** Returns the report of all sources of a repository. */
export function assemble(reviews: readonly ScopeReview[], { hash, live, ...frame }: Frame): Report {
  const told = reviews.flatMap((review) => review.told);
  const findings = reviews
    .flatMap((review) => [...review.findings, ...review.told.flatMap((each) => each.findings)])
    .sort(compareFindings);
  const passed = told.flatMap((each) => each.passed);
  const waived = told.flatMap((each) => each.waived);
  const skipped = told.reduce((sum, each) => sum + each.skipped, 0);
  const counts = countsOf(findings, { pass: passed.length, skip: skipped, waived: waived.length });
  const changes = reviews.flatMap((review) => review.changes);
  const impact = reviews.flatMap((review) => review.impact);
  const sum = (of: 'changed' | 'all') => reviews.reduce((all, { webapps }) => all + webapps[of], 0);
  const digests = reviews.map(({ policiesDigest }) => policiesDigest);
  return {
    apiVersion: 'review.example.com/v1',
    kind: 'ReviewReport',
    ...frame,
    policiesDigest: digests.length === 1 ? (digests[0] ?? '') : hash(canonicalJson(digests)),
    conclusion: conclusionOf(counts, changes.length + impact.length > 0),
    counts,
    webapps: { changed: sum('changed'), all: sum('all') },
    findings,
    passed,
    waived,
    changes,
    impact,
    ...(live?.kind === 'seen' && { drift: live.drift }),
    ...(live?.kind === 'unseen' && { driftUnseen: live.reason }),
  };
}

function countsOf(
  findings: readonly Finding[],
  rest: Pick<Counts, 'pass' | 'skip' | 'waived'>,
): Counts {
  const of = (...levels: Level[]) => findings.filter(({ level }) => levels.includes(level)).length;
  return { ...rest, fail: of('deny'), warn: of('warn', 'audit'), error: of('error') };
}

/** Nobody knowing is as bad as no, and worse to overlook. */
function conclusionOf({ fail, error, warn }: Counts, changed: boolean): Conclusion {
  if (fail > 0) return 'denied';
  if (error > 0) return 'cannot-judge';
  if (warn > 0) return 'warned';
  return changed ? 'passed' : 'unchanged';
}

const ORDER: readonly Level[] = ['deny', 'error', 'warn', 'audit'];

function compareFindings(a: Finding, b: Finding): number {
  return (
    ORDER.indexOf(a.level) - ORDER.indexOf(b.level) ||
    compareTexts(a.place?.path ?? '', b.place?.path ?? '') ||
    (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
    compareTexts(a.fingerprint, b.fingerprint)
  );
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
