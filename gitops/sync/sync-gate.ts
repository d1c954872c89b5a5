// The gate before a sync applies or deletes anything: each WebApp of a commit, and what it would become, is shown to the
// policies of the same commit and of the cluster, and so is each that goes.
import { type Decision, denialText, type PolicyFile, warningText } from '../../policies/index.ts';
import type { Problem } from '../../policies/problem.ts';
import type { Clock } from '../attempts.ts';
import type { Cluster } from '../cluster.ts';
import type { KubeObject } from '../objects.ts';
import { askedIn, hasOwn, type PolicyRecord, unreadable, verdictOf } from '../policy/gate.ts';
import { isDelete, isUnasked, type Judgement, tellingPath } from '../policy/judge.ts';
import { judgePair } from '../policy/judge-webapp.ts';
import { originOf } from '../policy/origin.ts';
import { errorsOf, expiredWaivers, type Policies, policiesIn } from '../policy/policies.ts';
import type { InForce, PolicyReader } from '../policy/reader.ts';
import type { Snapshot } from '../repository.ts';
import type { Trace } from '../trace.ts';
import type { WebAppSource } from '../webapp.ts';
import type { Manifest } from './manifests.ts';
import { readPolicyFiles } from './policy-files.ts';
import { type PruneRuling, rulePrune } from './prune-ruling.ts';

export interface GateWorld {
  readonly cluster: Cluster;
  readonly policies: PolicyReader;
  readonly clock: Clock;
  readonly trace: Trace;
}

/** The policies of one sync. */
export interface SyncGate {
  /** Policies of the commit; undefined where the source names none. */
  readonly repository: Policies | undefined;
  /** The files they came from. */
  readonly files: readonly PolicyFile[];
  /** What is wrong with the policies themselves. */
  readonly problems: readonly Problem[];
  /** Whether policies cannot be read, so that nobody knows what they would say: nothing new is applied then. */
  readonly isBroken: boolean;
  judge(manifest: Manifest, change: WebAppChange): Ruling;
  /** Judges the delete of a WebApp that no file names any more, as it is. */
  judgePrune(live: KubeObject): PruneRuling;
  /** Returns the same gate with what the cluster enforces at this moment; it is asked once a sync. */
  refreshed(): Promise<SyncGate>;
}

/** A WebApp as it is, and as it would be. */
export interface WebAppChange {
  readonly before: KubeObject | undefined;
  readonly after: KubeObject;
}

/** What the policies say of one WebApp and what it would become. */
export interface Ruling {
  readonly verdict: PolicyRecord['verdict'] & string;
  /** Of a denial, errors; else warnings. */
  readonly problems: readonly Problem[];
  /** Policies that were asked and could be judged. */
  readonly asked: ReadonlySet<string>;
}

/** Reads the policies of the commit and the cluster; undefined where there are none. */
export function openGate(
  source: WebAppSource,
  snapshot: Snapshot,
  world: GateWorld,
): Promise<SyncGate | undefined> {
  return world.trace.part({ name: 'evaluate' }, () => open(source, snapshot, world));
}

async function open(
  source: WebAppSource,
  snapshot: Snapshot,
  world: GateWorld,
): Promise<SyncGate | undefined> {
  const { namespace = '' } = source.metadata;
  const { cluster, policies: reader, clock } = world;
  const path = source.spec.policies?.path;
  const { files, problems } =
    path === undefined ? { files: [], problems: [] } : await readPolicyFiles(snapshot, path);
  const own = reader.fromFiles(files, { namespace });
  const inForce = await reader.withCluster(own, cluster, { namespace });
  if (path === undefined && policiesIn(inForce.policies).length === 0) return undefined;
  const [broken] = [...problems, ...errorsOf(own)];
  const known = {
    repository: path === undefined ? undefined : own,
    files,
    problems: [...problems, ...own.problems, ...expiredWaivers(own, clock.now())],
    isBroken: broken !== undefined,
  };
  let asked: Promise<SyncGate> | undefined;
  const gateOf = (by: InForce): SyncGate => ({
    ...known,
    judge: (manifest, change) =>
      broken ? notApplied(manifest, broken) : rule(manifest, change, { by, now: clock.now() }),
    judgePrune: (live) =>
      broken ? unreadableFor(broken) : rulePrune(live, { by, now: clock.now() }),
    refreshed: () => {
      asked ??= reader.withCluster(own, cluster, { namespace, fresh: true }).then(gateOf);
      return asked;
    },
  });
  return gateOf(inForce);
}

function unreadableFor(problem: Problem) {
  return { verdict: 'denied', refusal: unreadable(problem), asked: NOBODY } as const;
}

const NOBODY: ReadonlySet<string> = new Set();

function notApplied(manifest: Manifest, problem: Problem): Ruling {
  const message = `not applied, because ${unreadable(problem)}`;
  return { verdict: 'denied', problems: [manifest.problemAt('', message)], asked: NOBODY };
}

function rule(
  manifest: Manifest,
  change: WebAppChange,
  { by, now }: { by: InForce; now: number },
): Ruling {
  const judgements = judgePair(change, by, now);
  return {
    verdict: verdictOf(judgements, by),
    problems: judgements.flatMap((judgement) => problemsOf(judgement, manifest, by.policies)),
    asked: askedIn(judgements),
  };
}

function problemsOf(judgement: Judgement, manifest: Manifest, policies: Policies): Problem[] {
  const { decisions, verdict, object } = judgement;
  const deleting = isDelete(judgement) ? 'deleting ' : '';
  const what = object.kind === 'WebApp' ? '' : `${deleting}${object.kind}: `;
  // What only the cluster asks for is the API server's to say.
  if (isUnasked(judgement) && verdict.outcome === 'cannotJudge') {
    const message = `${what}cannot be judged: ${verdict.reasons.join('; ')}`;
    return hasOwn(policies) ? [manifest.problemAt('', message)] : [];
  }
  return decisions.flatMap((decision): Problem[] => {
    const told = tell(decision, policies);
    if (told === undefined) return [];
    const field = originOf(object.kind, tellingPath(judgement, decision));
    return [{ ...manifest.problemAt(field, `${what}${told.message}`), ...told.severity }];
  });
}

interface Told {
  readonly message: string;
  readonly severity: { readonly severity?: 'warning' };
}

/** In the API server's words. What the cluster enforces itself and cannot be judged here is left to it. */
function tell(decision: Decision, { enforced }: Policies): Told | undefined {
  const { effect, actions, policy, message } = decision;
  if (effect === 'admit') return undefined;
  if (!actions.includes('Deny')) {
    const warns = actions.includes('Warn') && effect === 'deny';
    return warns
      ? { message: warningText(decision), severity: { severity: 'warning' } }
      : undefined;
  }
  if (effect === 'deny') return { message: denialText(decision), severity: {} };
  if (enforced.has(policy)) return undefined;
  return { message: `policy ${policy} cannot be judged here: ${message}`, severity: {} };
}
