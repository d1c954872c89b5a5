// What each side says of a request, in one form, and how it differs.
import {
  type AdmissionInput,
  type Decision,
  type Verdict,
  verdict,
} from '../../../policies/index.ts';
import type { Answer } from './api-server.ts';

/** A denial as a client gets it. */
export interface Denial {
  /** HTTP status. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** What our side says of what depends on things only the API server knows. */
export const CANNOT_JUDGE = 'cannot judge';

export interface Said {
  readonly outcome: 'allowed' | 'denied' | typeof CANNOT_JUDGE;
  /** The API server answers with one of several denials, in no order; each of them may be it. */
  readonly denials: readonly Denial[];
  /** Why it cannot be judged. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
  /** Audit annotations of policies. */
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Difference {
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
}

const FAILURES = 'validation.policy.admission.k8s.io/validation_failure';

/** @param policies names of the policies whose audit annotations count */
export function saidByServer(answer: Answer, policies: readonly string[]): Said {
  const { code, reason, message, warnings, annotations } = answer;
  const ours = Object.entries(annotations).filter(
    ([key]) => key === FAILURES || policies.includes(key.slice(0, key.lastIndexOf('/'))),
  );
  const denied = code >= 300;
  return {
    outcome: denied ? 'denied' : 'allowed',
    denials: denied ? [{ code, reason, message }] : [],
    reasons: [],
    // The kinds themselves have warnings, too.
    warnings: warnings.filter((each) => each.includes('ValidatingAdmissionPolicy ')),
    annotations: Object.fromEntries(ours),
  };
}

export function saidByUs(answer: Verdict, input: AdmissionInput): Said {
  const { outcome, warnings, auditAnnotations: annotations } = answer;
  const denials = outcome === 'denied' ? denialsOf(answer.denials, input) : [];
  const reasons = outcome === 'cannotJudge' ? answer.reasons : [];
  const said = outcome === 'cannotJudge' ? CANNOT_JUDGE : outcome;
  return { outcome: said, denials, reasons, warnings, annotations };
}

/** The first denial of each evaluation: only among evaluations is there no order. */
function denialsOf(decisions: readonly Decision[], input: AdmissionInput): Denial[] {
  const evaluations = Map.groupBy(decisions, ({ policy, binding, param }) =>
    JSON.stringify([policy, binding, param]),
  );
  return [...evaluations.values()].flatMap(([first]) => {
    const answer = verdict(first ? [first] : [], input);
    if (answer.outcome !== 'denied') return [];
    return { code: answer.code, reason: answer.reason, message: answer.status };
  });
}

/** Returns what differs; nothing more where the outcomes do. */
export function compare(ours: Said, theirs: Said): Difference[] {
  if (ours.outcome !== theirs.outcome) {
    return [{ what: 'outcome', ours: describe(ours), theirs: describe(theirs) }];
  }
  return [
    ...compareDenials(ours, theirs),
    ...compareTexts('warnings', [...ours.warnings].sort(), [...theirs.warnings].sort()),
    ...compareAnnotations(ours.annotations, theirs.annotations),
  ];
}

function describe({ outcome, denials, reasons }: Said): string {
  const texts = [...denials.map(({ message }) => message), ...reasons];
  return [outcome, ...texts].join(': ');
}

function compareDenials(ours: Said, theirs: Said): Difference[] {
  const [their] = theirs.denials.map(show);
  if (their === undefined) return [];
  const own = ours.denials.map(show);
  return own.includes(their) ? [] : [{ what: 'denial', ours: own.join(' | '), theirs: their }];
}

const show = ({ code, reason, message }: Denial) => `${code} ${reason}: ${message}`;

/** Shows what only one side says. */
function compareTexts(what: string, own: readonly string[], their: readonly string[]) {
  if (JSON.stringify(own) === JSON.stringify(their)) return [];
  const only = (texts: readonly string[], others: readonly string[]) =>
    texts.filter((text) => !others.includes(text)).join('\n');
  return [{ what, ours: only(own, their), theirs: only(their, own) }];
}

function compareAnnotations(ours: Said['annotations'], theirs: Said['annotations']): Difference[] {
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...keys].flatMap((key) => {
    const [own, their] = [ours[key], theirs[key]].map((text) => inOrder(key, text));
    return own === their
      ? []
      : [{ what: `audit annotation ${key}`, ours: own ?? 'none', theirs: their ?? 'none' }];
  });
}

/** A validation that failed, as the audit annotation has it. */
export interface Failure {
  readonly message: string;
  readonly policy: string;
  readonly binding: string;
  readonly expressionIndex: number;
}

/** Returns the failures that the audit annotations tell of. */
export function failuresIn(annotations: Said['annotations']): Failure[] {
  return JSON.parse(annotations[FAILURES] ?? '[]') as Failure[];
}

/** The failures of several policies come in no order. */
function inOrder(key: string, text: string | undefined): string | undefined {
  if (key !== FAILURES || text === undefined) return text;
  const failures = JSON.parse(text) as Failure[];
  const keyed = failures.map((each) => [sortKey(each), JSON.stringify(each)] as const);
  return keyed
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, each]) => each)
    .join('\n');
}

function sortKey({ policy, binding, expressionIndex, message }: Failure): string {
  return JSON.stringify([policy, binding, String(expressionIndex).padStart(3, '0'), message]);
}
