// Reports of reviews, with as little written down as a test needs; every number follows from what is in them.
import { createHash } from 'node:crypto';
import type {
  Conclusion,
  Counts,
  Finding,
  Level,
  Outcome,
  Place,
  PolicyRef,
  Report,
  Subject,
  WaiverRef,
} from '../../gitops/review/report.ts';

/** Returns a place of `length` characters on one line. */
export function place(path: string, line: number, { column = 1, length = 1 } = {}): Place {
  return { path, line, column, endLine: line, endColumn: column + length };
}

/** Returns the WebApp shop/shop, or another object where `parts` say so. */
export function subject(parts: Partial<Subject> = {}): Subject {
  return {
    apiVersion: 'example.com/v1',
    kind: 'WebApp',
    namespace: 'shop',
    name: 'shop',
    ...parts,
  };
}

/** Returns the Deployment that the WebApp shop/shop would become. */
export function deployment(parts: Partial<Subject> = {}): Subject {
  return subject({ apiVersion: 'apps/v1', kind: 'Deployment', webapp: 'shop', ...parts });
}

/** Returns a policy that was read from policies/<name>.yaml. */
export function policy(name: string, parts: Partial<PolicyRef> = {}): PolicyRef {
  return {
    name,
    binding: `${name}-prod`,
    place: place(`policies/${name}.yaml`, 14, { column: 19, length: 42 }),
    ...parts,
  };
}

/** Returns a finding of max-replicas about the WebApp shop/shop. */
export function finding(parts: Partial<Finding> = {}): Finding {
  const about = parts.subject ?? subject();
  const of = parts.policy ?? policy('max-replicas');
  const message = parts.message ?? 'replicas must be <= 10';
  return {
    level: 'deny',
    fingerprint: digest(of.name, about.kind, about.namespace, about.name, message),
    message,
    subject: about,
    policy: of,
    values: [],
    place: place('apps/shop.yaml', 7, { column: 13, length: 2 }),
    ...parts,
  };
}

/** Returns a finding that belongs to no object and no policy. */
export function fileFinding(message: string, where?: Place): Finding {
  const fingerprint = digest('repository', message);
  return { level: 'error', fingerprint, message, values: [], ...(where && { place: where }) };
}

/** Returns what a policy has nothing to say about, or what a waiver holds back. */
export function outcome(name: string, about: Subject, waiver?: WaiverRef): Outcome {
  return { policy: policy(name), subject: about, ...(waiver && { waiver }) };
}

type Parts = Partial<Omit<Report, 'counts'>> & { readonly skipped?: number };

/** Returns a report whose conclusion and counts are those of its findings. */
export function report({ skipped = 0, ...parts }: Parts = {}): Report {
  const { findings = [], passed = [], waived = [] } = parts;
  const of = (...levels: Level[]) => findings.filter(({ level }) => levels.includes(level)).length;
  const counts: Counts = {
    pass: passed.length,
    fail: of('deny'),
    warn: of('warn', 'audit'),
    error: of('error'),
    skip: skipped,
    waived: waived.length,
  };
  return {
    apiVersion: 'review.example.com/v1',
    kind: 'ReviewReport',
    base: 'a81d0ce5b2f04c7d9e6a1f3b8c2d4e5f60718293',
    head: '3f9c2ab1d7e84f60a5b9c3d2e1f0a9b8c7d6e5f4',
    policiesDigest: digest('policies'),
    toolVersion: '0.1.0',
    conclusion: conclusionOf(counts),
    counts,
    webapps: { changed: 1, all: 42 },
    findings,
    passed,
    waived,
    changes: [],
    impact: [],
    ...parts,
  };
}

function conclusionOf({ fail, error, warn }: Counts): Conclusion {
  if (fail > 0) return 'denied';
  if (error > 0) return 'cannot-judge';
  return warn > 0 ? 'warned' : 'passed';
}

function digest(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}
