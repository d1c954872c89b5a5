// One case, judged: what came of it, and how that differs from what was expected.
import {
  type Decision,
  KnownParams,
  type Param,
  type PolicySet,
  type Reason,
} from '../../policies/index.ts';
import type { KubeObject } from '../objects.ts';
import type { Definitions } from '../offline/definitions.ts';
import { judgeOffline, type OfflineJudgement } from '../offline/judge-offline.ts';
import type { CaseOutcome, ExpectedFinding, TestCase } from './policy-test.ts';

/** What a policy found, whatever its binding does about it. */
export interface SeenFinding {
  readonly policy: string;
  readonly message: string;
  readonly reason: Reason;
}

/** What came of a case. */
export interface Seen {
  readonly outcome: CaseOutcome;
  readonly findings: readonly SeenFinding[];
  /** Why nobody can tell, where the object could not be shown to any policy. */
  readonly reasons: readonly string[];
  /** Names of the policies that decided something. */
  readonly asked: ReadonlySet<string>;
}

/** Judges the case by the policies under test. */
export function runCase(
  each: TestCase,
  { policies, definitions }: { policies: PolicySet; definitions: Definitions },
): Seen {
  const { resource, object, oldObject, children, params } = each;
  const judgements = judgeOffline(
    { resource, object, children, ...(oldObject && { oldObject }) },
    {
      definitions,
      policies: params ? withParams(policies, params, namespaceOf(each)) : policies,
      ...(each.namespaceObject && { namespaceObject: each.namespaceObject }),
      ...(each.userInfo && { userInfo: each.userInfo }),
      ...(each.now !== undefined && { now: each.now }),
    },
  );
  return seenOf(judgements);
}

/** The namespace that the case is about; empty for an object without one. */
export function namespaceOf({ object, oldObject }: TestCase): string {
  return (object ?? oldObject)?.metadata.namespace ?? '';
}

function withParams(
  policies: PolicySet,
  objects: readonly KubeObject[],
  namespace: string,
): PolicySet {
  const scopeOf = (kind: { apiVersion: string; kind: string }) => policies.params.scopeOf(kind);
  const params = objects.map((object): Param => {
    const { apiVersion, kind, metadata } = object;
    const own = scopeOf({ apiVersion, kind }) === 'Cluster' ? '' : metadata.namespace;
    return { apiVersion, kind, namespace: own ?? namespace, name: metadata.name, object };
  });
  return { ...policies, params: new KnownParams(params, scopeOf) };
}

function seenOf(judgements: readonly OfflineJudgement[]): Seen {
  const decisions = judgements.flatMap((each) => each.decisions);
  const found = decisions.filter(({ effect }) => effect !== 'admit').map(findingOf);
  const unique = new Map(found.map((each) => [JSON.stringify(each), each]));
  const asked = decisions.filter(({ outcome }) => outcome !== 'skip').map(({ policy }) => policy);
  return {
    outcome: outcomeOf(judgements, decisions),
    findings: [...unique.values()],
    reasons: judgements.flatMap(({ verdict, decisions: own }) =>
      verdict.outcome === 'cannotJudge' && own.length === 0 ? verdict.reasons : [],
    ),
    asked: new Set(asked),
  };
}

function findingOf({ policy, message, reason }: Decision): SeenFinding {
  return { policy, message, reason };
}

/** What nobody can judge never passes, whatever the binding would do about a failure. */
function outcomeOf(
  judgements: readonly OfflineJudgement[],
  decisions: readonly Decision[],
): CaseOutcome {
  const outcomes = judgements.map(({ verdict }) => verdict.outcome);
  if (outcomes.includes('denied')) return 'denied';
  const unknown = decisions.some(({ effect }) => effect === 'unknown');
  if (unknown || outcomes.includes('cannotJudge')) return 'cannotJudge';
  if (decisions.some(({ effect, actions }) => effect === 'deny' && actions.includes('Warn')))
    return 'warned';
  return decisions.some(({ outcome }) => outcome !== 'skip') ? 'allowed' : 'skipped';
}

/** Returns how what was seen differs from what the case expects, a line each; none where it does not. */
export function differences({ expect, findings }: TestCase, seen: Seen): string[] {
  if (expect === undefined)
    return [`nothing is expected; got ${seen.outcome} (--update writes it down)`];
  const outcome = expect === seen.outcome ? [] : [`expected ${expect}, got ${seen.outcome}`];
  const why = outcome.length > 0 ? explain(seen) : [];
  if (findings === undefined) return [...outcome, ...why];
  const missing = findings.filter((wanted) => !seen.findings.some((each) => fits(each, wanted)));
  const surplus = seen.findings.filter((each) => !findings.some((wanted) => fits(each, wanted)));
  return [
    ...outcome,
    ...seen.reasons,
    ...missing.map((each) => `expected of ${say(each)}`),
    ...surplus.map((each) => `not expected, of ${say(each)}`),
  ];
}

function explain({ findings, reasons, outcome }: Seen): string[] {
  if (outcome === 'skipped') return ['no policy under test is for this write'];
  return [...reasons, ...findings.map((each) => `  ${say(each)}`)];
}

function fits(seen: SeenFinding, { policy, message, reason }: ExpectedFinding): boolean {
  return (
    seen.policy === policy &&
    (message === undefined || seen.message === message) &&
    (reason === undefined || seen.reason === reason)
  );
}

function say({ policy, message, reason }: ExpectedFinding): string {
  const text = message === undefined ? 'any message' : message;
  return `${policy}: ${text}${reason ? ` (${reason})` : ''}`;
}
