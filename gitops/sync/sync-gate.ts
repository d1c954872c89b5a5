// The gate before a sync applies anything: each WebApp of a commit, and what it would become, is shown to the policies
// of the same commit and of the cluster.
import type { Decision, PolicyFile } from '../../policies/index.ts';
import { formatProblem, type Problem } from '../../policies/problem.ts';
import type { Clock } from '../attempts.ts';
import type { Cluster } from '../cluster.ts';
import type { KubeObject } from '../objects.ts';
import type { Judgement } from '../policy/judge.ts';
import { judgePair } from '../policy/judge-webapp.ts';
import { originOf, tellingFields } from '../policy/origin.ts';
import { errorsOf, type Policies, policiesIn } from '../policy/policies.ts';
import type { InForce, PolicyReader } from '../policy/reader.ts';
import type { Snapshot } from '../repository.ts';
import type { WebAppSource } from '../webapp.ts';
import type { Manifest } from './manifests.ts';
import { readPolicyFiles } from './policy-files.ts';

export interface GateWorld {
  readonly cluster: Cluster;
  readonly policies: PolicyReader;
  readonly clock: Clock;
}

/** The policies of one sync. */
export interface SyncGate {
  /** Policies of the commit; undefined where the source names none. */
  readonly repository: Policies | undefined;
  /** The files they came from. */
  readonly files: readonly PolicyFile[];
  /** What is wrong with the policies themselves. */
  readonly problems: readonly Problem[];
  /** Returns the findings about a WebApp that is about to be applied over `live`; one without severity forbids it. */
  findings(manifest: Manifest, desired: KubeObject, live: KubeObject | undefined): Problem[];
}

/** Reads the policies of the commit and the cluster; undefined where there are none. */
export async function openGate(
  source: WebAppSource,
  snapshot: Snapshot,
  world: GateWorld,
): Promise<SyncGate | undefined> {
  const { namespace = '' } = source.metadata;
  const { cluster, policies: reader } = world;
  const path = source.spec.policies?.path;
  const { files, problems } =
    path === undefined ? { files: [], problems: [] } : await readPolicyFiles(snapshot, path);
  const repository = reader.fromFiles(files, { namespace });
  const inForce = await reader.withCluster(repository, cluster, { namespace });
  if (path === undefined && policiesIn(inForce.policies).length === 0) return undefined;
  const broken = [...problems, ...errorsOf(repository)];
  return {
    repository: path === undefined ? undefined : repository,
    files,
    problems: [...problems, ...repository.problems],
    findings: (manifest, desired, live) =>
      broken[0]
        ? [manifest.problemAt('', unreadable(broken[0]))]
        : judgePair({ before: live, after: desired }, inForce, world.clock.now()).flatMap(
            (judgement) => problemsOf(judgement, manifest, inForce),
          ),
  };
}

function unreadable(problem: Problem): string {
  return `not applied, because the policies cannot be read: ${formatProblem(problem)}`;
}

function problemsOf(
  { decisions, verdict, object }: Judgement,
  manifest: Manifest,
  inForce: InForce,
): Problem[] {
  const found = decisions.flatMap((decision): Problem[] => {
    const [first] = tellingFields(decision.fields);
    const field = first ? originOf(object.kind, first.path) : originOf(object.kind, []);
    const message = `${object.kind === 'WebApp' ? '' : `${object.kind}: `}${decision.message} (policy ${decision.policy})`;
    const level = levelOf(decision, inForce);
    if (level === undefined) return [];
    const problem = manifest.problemAt(field, message);
    return [level === 'error' ? problem : { ...problem, severity: 'warning' }];
  });
  // Nothing was asked where nobody knows what the API server would make of the object.
  const unasked = decisions.length === 0 && verdict.outcome === 'cannotJudge';
  return unasked
    ? [{ ...manifest.problemAt('', verdict.reasons.join('; ')), severity: 'warning' }]
    : found;
}

/** What the cluster enforces itself and cannot be judged here is left to it. */
function levelOf(
  { effect, actions, policy }: Decision,
  { policies }: InForce,
): 'error' | 'warning' | undefined {
  if (effect === 'admit') return undefined;
  if (!actions.includes('Deny'))
    return actions.includes('Warn') && effect === 'deny' ? 'warning' : undefined;
  return effect === 'unknown' && policies.enforced.has(policy) ? undefined : 'error';
}
