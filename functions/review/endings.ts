// How it ended: after the merge the same comment is told what became of it in the cluster. Which comments still wait
// stands in an annotation of the source, so that any instance can tell them.
import { despiteConflicts } from '../../gitops/attempts.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { commitOf } from '../../gitops/sync/source-status.ts';
import { ANNOTATION, annotating, annotation, type WebAppSource } from '../../gitops/webapp.ts';
import { ForgeError } from '../forge/forge-error.ts';
import { commentsOf } from './comment.ts';
import { withEnding } from './ending-block.ts';
import { endingOf } from './ending-words.ts';
import { type ReviewedSource, type ReviewSurroundings, reached } from './sources.ts';

/** Most comments that wait at a time; the oldest is given up. */
const MAX_WAITING = 20;
/** Times between looks double; after about four hours the tick alone goes on. */
const LOOK_AGAIN_MS = 2_000;
const MAX_LOOK_AGAIN_MS = 5 * 60_000;
const MAX_LOOKS = 55;

/** A merged pull request. */
export interface Merge {
  readonly number: number;
  /** Commit on the branch that holds it. */
  readonly commit: string;
}

interface Waiting extends Merge {
  /** Commit that was applied when the merge was heard of; another one since means that ours is in. */
  readonly before: string;
  /** When the merge was heard of, in milliseconds since the epoch. */
  readonly noted: number;
}

/** What endings need: only a cluster knows them. */
type Surroundings = ReviewSurroundings & { readonly cluster: Cluster };

/**
 * Notes that the comment of a merged pull request waits for its ending. `late` says that the merge was heard of so long
 * after that the cluster has seen it.
 */
export async function rememberMerge(
  source: WebAppSource,
  merge: Merge,
  {
    cluster,
    context,
    late = false,
  }: Pick<Surroundings, 'cluster' | 'context'> & { late?: boolean },
): Promise<void> {
  await change(source, cluster, (waiting, live) => {
    if (waiting.some(({ number }) => number === merge.number)) return waiting;
    const applied = commitOf(live.spec.branch, live.status.lastAppliedRevision) ?? '';
    const noted = context.clock.now();
    return [...waiting, { ...merge, before: late ? '' : applied, noted }].slice(-MAX_WAITING);
  });
}

/** Tells endings, and looks again for those that are not known yet, ever later; the tick is the guarantee. */
export async function followEndings(
  source: WebAppSource,
  world: Surroundings,
  looks = 0,
): Promise<void> {
  if ((await tellEndings(source, world)) || looks >= MAX_LOOKS) return;
  const { context } = world;
  const { namespace, name } = source.metadata;
  const afterMs = Math.min(LOOK_AGAIN_MS * 2 ** looks, MAX_LOOK_AGAIN_MS);
  const run = () => {
    const signal = AbortSignal.timeout(context.config.timeoutMs);
    return followEndings(source, { context, signal, cluster: context.cluster(signal) }, looks + 1);
  };
  context.later({ key: `endings/${namespace}/${name}`, run }, afterMs);
}

/** Tells every ending that is known by now, and returns whether none waits any more. */
export async function tellEndings(source: WebAppSource, world: Surroundings): Promise<boolean> {
  const live = await liveOf(source, world.cluster);
  if (live?.spec.review === undefined) return true;
  const waiting = waitingIn(live);
  const due = waiting.filter((merge) => isIn(merge, live));
  const ending = due.length > 0 ? await endingOf(live, world.cluster) : undefined;
  if (ending === undefined) return waiting.length === 0;
  const author = await reached(live, world);
  const done: number[] = [];
  try {
    for (const merge of due)
      if (await isDone(merge, { author, ending, world })) done.push(merge.number);
  } finally {
    await change(live, world.cluster, (all) => all.filter(({ number }) => !done.includes(number)));
  }
  return done.length === waiting.length;
}

/** Returns whether any comment waits. */
export function hasEndings(source: WebAppSource): boolean {
  return annotation(source, ANNOTATION.merged) !== '';
}

function isIn({ commit, before }: Waiting, { spec, status }: WebAppSource): boolean {
  const tried = commitOf(spec.branch, status.lastAttemptedRevision);
  return tried !== undefined && (tried === commit || tried !== before);
}

interface Telling {
  readonly author: ReviewedSource;
  readonly ending: string;
  readonly world: Surroundings;
}

/** Tells one ending and returns whether nothing is left to do: a review that is under way may yet write the comment. */
async function isDone(merge: Waiting, telling: Telling): Promise<boolean> {
  const { clock, config, log } = telling.world.context;
  try {
    const isTold = await tell(merge, telling);
    return isTold || clock.now() > merge.noted + 2 * config.timeoutMs;
  } catch (error) {
    // Nothing but a person can change that: it must not hold up the others.
    if (!(error instanceof ForgeError) || !error.isFinal) throw error;
    log.warn({ pullRequest: merge.number, error: error.message }, 'An ending could not be told');
    return true;
  }
}

/** Returns whether there is a comment that tells it now. */
async function tell({ number }: Waiting, { author, ending }: Telling): Promise<boolean> {
  const [comment] = await commentsOf([author], number);
  if (comment === undefined) return false;
  const body = withEnding(comment.body, ending);
  if (body !== comment.body) await author.forge.editComment(number, comment.id, body);
  return true;
}

function waitingIn(source: WebAppSource): Waiting[] {
  try {
    const read: unknown = JSON.parse(annotation(source, ANNOTATION.merged) || '[]');
    return Array.isArray(read) ? read.filter(isWaiting).slice(-MAX_WAITING) : [];
  } catch {
    return [];
  }
}

function isWaiting(value: unknown): value is Waiting {
  const { number, commit, before, noted } = (value ?? {}) as Partial<Waiting>;
  const isMerge = Number.isSafeInteger(number) && typeof commit === 'string';
  return isMerge && typeof before === 'string' && typeof noted === 'number';
}

async function change(
  source: WebAppSource,
  cluster: Cluster,
  edit: (waiting: Waiting[], live: WebAppSource) => Waiting[],
): Promise<void> {
  await despiteConflicts(async () => {
    const live = await liveOf(source, cluster);
    if (live === undefined) return;
    const after = edit(waitingIn(live), live);
    const value = after.length === 0 ? null : JSON.stringify(after);
    if (value === (annotation(live, ANNOTATION.merged) || null)) return;
    const fields = annotating(ANNOTATION.merged, value);
    await cluster.patch(WEBAPP_SOURCE, live, { type: 'merge', fields });
  });
}

async function liveOf(
  { metadata: { namespace = '', name } }: WebAppSource,
  cluster: Cluster,
): Promise<WebAppSource | undefined> {
  return (await cluster.get(WEBAPP_SOURCE, { namespace, name })) as WebAppSource | undefined;
}
