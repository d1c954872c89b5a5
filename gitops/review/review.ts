// The story of one review: policies of the base judge what the head would make of the WebApps.
import { canonicalJson } from '../../policies/index.ts';
import { errorsIn, type Problem } from '../../policies/problem.ts';
import { admitted, judgePair } from '../policy/judge-webapp.ts';
import { errorsOf, expiredWaivers, type Policies, together } from '../policy/policies.ts';
import type { InForce, PolicyReader } from '../policy/reader.ts';
import { appliedObject, type Provenance } from '../sync/applied-object.ts';
import { revisionOf } from '../sync/source-status.ts';
import type { WebApp } from '../webapp.ts';
import { changesOf } from './changes.ts';
import { type Proposed, type Told, tell } from './findings.ts';
import { type Trial, withFix } from './fixes.ts';
import { impactOf } from './impact.ts';
import { excerptAt, placeAt } from './places.ts';
import { type Proposal, policyFilesIn, proposalOf, type Scope, webappOf } from './proposal.ts';
import type { Finding, Impact, ObjectChange } from './report.ts';
import { type Commits, isInMerge, mergedTree, readAll, type Tree, treeOf } from './trees.ts';

/** A source under review, and what a cluster says about its namespace where there is one. */
export interface ReviewScope extends Scope {
  readonly cluster?: InForce;
}

export interface ReviewWorld {
  readonly policies: PolicyReader;
  readonly now: number;
  /** Files with WebApps that may change; any number without it. */
  readonly maxFiles?: number;
  /** Called between WebApps: whoever has others to serve, or too little time, lets them in or throws. */
  readonly pause?: () => Promise<void>;
}

/** Findings that a fix is looked for; each may have everything judged some times more. */
const MAX_FIXES = 20;

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
  const { maxFiles = Number.POSITIVE_INFINITY } = world;
  const proposal = await proposalOf(commits, scope, { all: edited, maxFiles });
  const provenance = provenanceOf(commits, scope);
  const judged = await judgeAll(proposal, inForce, { provenance, world });
  const about = { policies: inForce.policies, hash: world.policies.hash };
  let fixes = MAX_FIXES;
  const told = judged.flatMap(({ proposed, ...trial }) =>
    trial.judgements.map((judgement) => {
      const said = tell(judgement, proposed, about);
      const fixed = (finding: Finding) => (fixes-- > 0 ? withFix(finding, trial) : finding);
      return { ...said, findings: said.findings.map(fixed) };
    }),
  );
  const files = new Map([...proposal.texts, ...(await textsOf(base)), ...(await textsOf(merged))]);
  const next = edited ? await load(merged, scope, world) : own;
  const problems = [
    ...(await missingFolders(commits, scope)),
    ...proposal.problems,
    ...errorsIn(own.problems),
    ...(edited ? next.problems : []),
    ...expiredWaivers(own, world.now),
  ];
  return {
    findings: unique(problems).map((problem) => findingOf(problem, files, about.hash)),
    told,
    changes: changesIn(proposal, scope),
    before: beforeIn(proposal, scope),
    impact: edited
      ? await impactOf({
          webapps: [...proposal.after.values()].map((proposed) => ({
            proposed,
            object: appliedObject(proposed.manifest, provenance),
          })),
          before: inForce,
          after: withCluster(next, scope, world),
          judge: (after, by) => judgePair({ before: undefined, after }, by, world.now),
          pause: world.pause,
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

/**
 * A sync stops where a folder is missing, so that a merge that leaves it missing is an error. One that brings the
 * policies back, or the first of them, may be merged, but nothing has judged it.
 */
async function missingFolders(
  commits: Commits,
  { path, policies }: Scope,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const at = (folder: string) => ({ path: folder, line: 1, column: 1 });
  for (const folder of policies === undefined ? [path] : [path, policies]) {
    if (await isInMerge(commits, folder)) continue;
    const message = `there is no folder ${folder} after the merge, and no sync goes on without it; keep it, or change the source first`;
    problems.push({ ...at(folder), message });
  }
  if (problems.length > 0 || policies === undefined) return problems;
  if (await commits.base.hasPath(policies)) return [];
  const message = `there is no folder ${policies} in the base, so that no policy of the repository has judged this`;
  return [{ ...at(policies), message, severity: 'warning' }];
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

interface Judged extends Trial {
  readonly proposed: Proposed;
}

async function judgeAll(
  { before, after, changed }: Proposal,
  inForce: InForce,
  { provenance, world }: { provenance: Provenance; world: ReviewWorld },
): Promise<Judged[]> {
  // Policies that cannot be read are a finding of their own; nobody knows what they would say.
  if (errorsOf(inForce.policies).length > 0) return [];
  const judged: Judged[] = [];
  for (const name of changed) {
    const proposed = after.get(name);
    if (proposed === undefined) continue;
    const old = before.get(name);
    const pair = {
      after: appliedObject(proposed.manifest, provenance),
      before: old && appliedObject(old.manifest, provenance),
    };
    const judgements = judgePair(pair, inForce, world.now);
    judged.push({ proposed, pair, judgements, inForce, now: world.now });
    await world.pause?.();
  }
  return judged;
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
