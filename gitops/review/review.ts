// The story of one review: policies of the base judge what the head would make of the WebApps.
import { canonicalJson, type Decision, waiverProblems } from '../../policies/index.ts';
import type { Problem } from '../../policies/problem.ts';
import type { Judgement } from '../policy/judge.ts';
import { admitted, judgePair } from '../policy/judge-webapp.ts';
import { errorsOf, type Policies, together } from '../policy/policies.ts';
import type { InForce, PolicyReader } from '../policy/reader.ts';
import { changesOf } from './changes.ts';
import { type Proposed, type Told, tell } from './findings.ts';
import { impactOf } from './impact.ts';
import { excerptAt, placeAt } from './places.ts';
import { type Proposal, policyFilesIn, proposalOf, type Scope, webappOf } from './proposal.ts';
import type { Finding, Impact, ObjectChange } from './report.ts';
import { type Commits, mergedTree, readAll, type Tree, treeOf } from './trees.ts';

/** A source under review, and what a cluster says about its namespace where there is one. */
export interface ReviewScope extends Scope {
  readonly cluster?: InForce;
}

export interface ReviewWorld {
  readonly policies: PolicyReader;
  readonly now: number;
}

/** What a review of one source found. */
export interface ScopeReview {
  readonly findings: readonly Finding[];
  readonly told: readonly Told[];
  readonly changes: readonly ObjectChange[];
  readonly impact: readonly Impact[];
  readonly policiesDigest: string;
  readonly webapps: { readonly changed: number; readonly all: number };
}

/** Reviews one source. Nothing of the head is run, and none of its policies judges it. */
export async function reviewScope(
  commits: Commits,
  scope: ReviewScope,
  world: ReviewWorld,
): Promise<ScopeReview> {
  const base = await policyTree(commits, scope, 'base');
  const merged = await policyTree(commits, scope, 'merged');
  const edited = !sameTree(base, merged);
  const own = await load(base, scope, world);
  const inForce = withCluster(own, scope, world);
  const proposal = await proposalOf(commits, scope, edited);
  const judged = judgeAll(proposal, inForce, { scope, world });
  const about = { policies: inForce.policies, hash: world.policies.hash };
  const told = judged.flatMap(({ proposed, judgements }) =>
    judgements.map((judgement) => tell(judgement, proposed, about)),
  );
  const decisions = judged.flatMap(({ judgements }) =>
    judgements.flatMap((each) => each.decisions),
  );
  const files = new Map([...proposal.texts, ...(await textsOf(base)), ...(await textsOf(merged))]);
  const next = edited ? await load(merged, scope, world) : own;
  const problems = [
    ...proposal.problems,
    ...own.problems.filter(isError),
    ...(edited ? next.problems : []),
    ...expired(own, decisions, world.now),
  ];
  return {
    findings: unique(problems).map((problem) => findingOf(problem, files, about.hash)),
    told,
    changes: changesIn(proposal, scope),
    impact: edited
      ? impactOf({
          webapps: [...proposal.after.values()].map((proposed) => ({
            proposed,
            object: webappOf(proposed.manifest, scope.namespace),
          })),
          before: inForce,
          after: withCluster(next, scope, world),
          judge: (after, by) => judgePair({ before: undefined, after }, by, world.now),
        })
      : [],
    policiesDigest: inForce.policies.digest,
    webapps: {
      changed: proposal.changed.length + proposal.deleted.length,
      all: proposal.after.size,
    },
  };
}

async function policyTree(
  commits: Commits,
  { policies }: Scope,
  side: 'base' | 'merged',
): Promise<Tree> {
  if (policies === undefined) return new Map();
  return policyFilesIn(
    side === 'base' ? await treeOf(commits.base, policies) : await mergedTree(commits, policies),
    policies,
  );
}

function sameTree(a: Tree, b: Tree): boolean {
  return a.size === b.size && [...a].every(([path, { blob }]) => b.get(path)?.blob === blob);
}

async function load(
  tree: Tree,
  { namespace }: Scope,
  { policies }: ReviewWorld,
): Promise<Policies> {
  const files = await readAll(tree.values());
  const loaded = policies.fromFiles(
    files.filter(({ error }) => error === undefined).map(({ path, text }) => ({ path, text })),
    { namespace },
  );
  const unread = files.flatMap(({ path, error }) =>
    error === undefined ? [] : [{ path, line: 1, column: 1, message: error }],
  );
  return { ...loaded, problems: [...loaded.problems, ...unread] };
}

async function textsOf(tree: Tree): Promise<[string, string][]> {
  return (await readAll(tree.values())).map(({ path, text }) => [path, text]);
}

function withCluster(own: Policies, { cluster }: ReviewScope, { policies }: ReviewWorld): InForce {
  return cluster === undefined
    ? { policies: own }
    : { ...cluster, policies: together(own, cluster.policies, policies.hash) };
}

interface Judged {
  readonly proposed: Proposed;
  readonly judgements: readonly Judgement[];
}

function judgeAll(
  { before, after, changed }: Proposal,
  inForce: InForce,
  { scope, world }: { scope: Scope; world: ReviewWorld },
): Judged[] {
  // Policies that cannot be read are a finding of their own; nobody knows what they would say.
  if (errorsOf(inForce.policies).length > 0) return [];
  return changed.flatMap((name) => {
    const proposed = after.get(name);
    if (proposed === undefined) return [];
    const old = before.get(name);
    const pair = {
      after: webappOf(proposed.manifest, scope.namespace),
      before: old && webappOf(old.manifest, scope.namespace),
    };
    return [{ proposed, judgements: judgePair(pair, inForce, world.now) }];
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

function expired({ sets }: Policies, decisions: readonly Decision[], now: number): Problem[] {
  const waivers = sets.flatMap((set) => set.waivers);
  return waiverProblems(waivers, decisions, now)
    .filter(isError)
    .map((problem) => ({ ...problem, severity: 'warning' }));
}

function isError({ severity }: Problem): boolean {
  return severity === undefined;
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
    level: isError(problem) ? 'error' : 'warn',
    fingerprint: hash(canonicalJson([path, message])),
    message,
    values: [],
    place,
    excerpt: excerptAt(place, text),
  };
}
