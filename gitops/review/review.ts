// The story of one review: policies of the base judge what the head would make of the WebApps.
import { canonicalJson } from '../../policies/index.ts';
import type { Problem } from '../../policies/problem.ts';
import { admitted, judgePair } from '../policy/judge-webapp.ts';
import { errorsOf } from '../policy/policies.ts';
import { appliedObject, type Provenance } from '../sync/applied-object.ts';
import { revisionOf } from '../sync/source-status.ts';
import type { WebApp } from '../webapp.ts';
import { changesOf } from './changes.ts';
import { tellDeletions } from './deletions.ts';
import { type Proposed, type Told, tell } from './findings.ts';
import { FixSearch, type Trial } from './fixes.ts';
import { impactOf } from './impact.ts';
import { excerptAt, placeAt } from './places.ts';
import { type Proposal, proposalOf, type Scope, webappOf } from './proposal.ts';
import type { Finding, Impact, ObjectChange } from './report.ts';
import { type ReviewScope, type Rules, type RulesWorld, rulesOf } from './rules.ts';
import type { Commits } from './trees.ts';

export interface ReviewWorld extends RulesWorld {
  /** Files with WebApps that may change; any number without it. */
  readonly maxFiles?: number;
  /** Called between WebApps: whoever has others to serve, or too little time, lets them in or throws. */
  readonly pause?: () => Promise<void>;
}

/** What a review of one source found. */
export interface ScopeReview {
  readonly findings: readonly Finding[];
  readonly told: readonly Told[];
  readonly changes: readonly ObjectChange[];
  readonly impact: readonly Impact[];
  readonly policiesDigest: string;
  /** WebApps of the base that would change or go: what a cluster should hold now. */
  readonly before: readonly WebApp[];
  readonly webapps: { readonly changed: number; readonly all: number };
}

/** One source under review: what would change, and what judges it. */
interface Review {
  readonly proposal: Proposal;
  readonly rules: Rules;
  readonly provenance: Provenance;
  readonly world: ReviewWorld;
}

/** Reviews one source. Nothing of the head is run, and its policies judge only where the base has none. */
export async function reviewScope(
  commits: Commits,
  scope: ReviewScope,
  world: ReviewWorld,
): Promise<ScopeReview> {
  const rules = await rulesOf(commits, scope, world);
  const { maxFiles = Number.POSITIVE_INFINITY } = world;
  const proposal = await proposalOf(commits, scope, { all: rules.next !== undefined, maxFiles });
  const review = { proposal, rules, provenance: provenanceOf(commits, scope), world };
  return {
    told: [...(await toldOf(await judgeAll(review), review)), ...(await deletionsOf(review))],
    findings: findingsOf(review),
    changes: changesIn(proposal, scope),
    before: beforeIn(proposal, scope),
    impact: await impactIn(review),
    policiesDigest: rules.inForce.policies.digest,
    webapps: {
      changed: proposal.changed.length + proposal.deleted.length,
      all: proposal.after.size,
    },
  };
}

interface Judged extends Trial {
  readonly proposed: Proposed;
}

async function judgeAll(review: Review): Promise<Judged[]> {
  const { proposal, rules, world } = review;
  // Policies that cannot be read are a finding of their own; nobody knows what they would say.
  if (errorsOf(rules.inForce.policies).length > 0) return [];
  const judged: Judged[] = [];
  for (const name of proposal.changed) {
    const proposed = proposal.after.get(name);
    if (proposed === undefined) continue;
    judged.push(judgeOne(proposed, review));
    await world.pause?.();
  }
  return judged;
}

function judgeOne(proposed: Proposed, { proposal, rules, provenance, world }: Review): Judged {
  const { inForce } = rules;
  const old = proposal.before.get(proposed.manifest.name);
  const pair = {
    after: appliedObject(proposed.manifest, provenance),
    before: old && appliedObject(old.manifest, provenance),
  };
  const judgements = judgePair(pair, inForce, world.now);
  return { proposed, pair, judgements, inForce, now: world.now };
}

async function toldOf(judged: readonly Judged[], { rules, world }: Review): Promise<Told[]> {
  const about = { policies: rules.inForce.policies, hash: world.policies.hash };
  const search = new FixSearch(world.pause);
  const told: Told[] = [];
  for (const { proposed, ...trial } of judged) {
    for (const judgement of trial.judgements) {
      const said = tell(judgement, proposed, about);
      const findings: Finding[] = [];
      for (const finding of said.findings) findings.push(await search.withFix(finding, trial));
      told.push({ ...said, findings });
    }
  }
  return told;
}

function deletionsOf({ proposal, rules, provenance, world }: Review): Promise<Told[]> {
  const { now, pause, policies } = world;
  const { inForce } = rules;
  return tellDeletions(proposal, { inForce, provenance, now, pause, hash: policies.hash });
}

async function impactIn({ proposal, rules, provenance, world }: Review): Promise<Impact[]> {
  const { inForce, before, next: after } = rules;
  if (after === undefined) return [];
  // What the new policies have judged already is among the findings.
  const judged = new Set(inForce === after ? proposal.changed : []);
  const others = [...proposal.after.values()].filter(({ manifest }) => !judged.has(manifest.name));
  return impactOf({
    webapps: others.map((proposed) => ({
      proposed,
      object: appliedObject(proposed.manifest, provenance),
    })),
    before,
    after,
    judge: (object, by) => judgePair({ before: undefined, after: object }, by, world.now),
    pause: world.pause,
  });
}

function findingsOf({ proposal, rules, world }: Review): Finding[] {
  const texts = new Map([...proposal.texts, ...rules.texts]);
  const problems = unique([...rules.problems, ...proposal.problems]);
  return problems.map((problem) => findingOf(problem, texts, world.policies.hash));
}

const UNNAMED = 'webapps';

/** What a sync after the merge would leave on a WebApp; both sides have it, so that it is no change. */
function provenanceOf({ head }: Commits, { namespace, source = UNNAMED }: Scope): Provenance {
  return { namespace, source, revision: revisionOf('main', head.commit) };
}

function beforeIn({ before, changed, deleted }: Proposal, { namespace }: Scope): WebApp[] {
  return [...changed, ...deleted].sort().flatMap((name) => {
    const old = before.get(name);
    return old === undefined ? [] : [admitted(webappOf(old.manifest, namespace))];
  });
}

function changesIn(
  { before, after, changed, deleted }: Proposal,
  { namespace }: Scope,
): ObjectChange[] {
  return [...changed, ...deleted].sort().flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    return changesOf(
      old && admitted(webappOf(old.manifest, namespace)),
      now && admitted(webappOf(now.manifest, namespace)),
    );
  });
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [canonicalJson(problem), problem])).values()];
}

function findingOf(
  problem: Problem,
  texts: ReadonlyMap<string, string>,
  hash: (text: string) => string,
): Finding {
  const text = texts.get(problem.path) ?? '';
  const place = placeAt(problem, text);
  const { path, message } = problem;
  return {
    level: problem.severity === 'warning' ? 'warn' : 'error',
    fingerprint: hash(canonicalJson([path, message])),
    message,
    values: [],
    place,
    excerpt: excerptAt(place, text),
  };
}
