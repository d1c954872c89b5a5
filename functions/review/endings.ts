// How it ended: after the merge the same comment is told what became of it in the cluster. Which comments still wait
// stands in an annotation of the source, so that any instance can tell them.
import { despiteConflicts } from '../../gitops/attempts.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { conditionOf } from '../../gitops/conditions.ts';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { webappsOf } from '../../gitops/sync/made-by.ts';
import { commitOf } from '../../gitops/sync/source-status.ts';
import {
  ANNOTATION,
  annotating,
  annotation,
  type WebApp,
  type WebAppSource,
} from '../../gitops/webapp.ts';
import type { Comment } from '../forge/forge-api.ts';
import { code, plain } from '../report/markdown-text.ts';
import { count } from '../report/words.ts';
import { commentsOf } from './comment.ts';
import { type ReviewSurroundings, reached } from './sources.ts';

/** Most comments that wait at a time; the oldest is given up. */
const MAX_WAITING = 20;
const MAX_NAMED = 10;
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
}

/**
 * Notes that the comment of a merged pull request waits for its ending. `late` says that the merge was heard of so long
 * after that the cluster has seen it.
 */
export async function rememberMerge(
  source: WebAppSource,
  merge: Merge,
  { cluster, late = false }: { cluster: Cluster; late?: boolean },
): Promise<void> {
  await change(source, cluster, (waiting, live) => {
    if (waiting.some(({ number }) => number === merge.number)) return waiting;
    const applied = commitOf(live.spec.branch, live.status.lastAppliedRevision) ?? '';
    return [...waiting, { ...merge, before: late ? '' : applied }].slice(-MAX_WAITING);
  });
}

/** What endings need: only a cluster knows them. */
type Surroundings = ReviewSurroundings & { readonly cluster: Cluster };

/** Tells every ending that is known by now, and looks again for the others, ever later; the tick is the guarantee. */
export async function followEndings(
  source: WebAppSource,
  world: Surroundings,
  looks = 0,
): Promise<void> {
  if ((await tellEndings(source, world)) || looks >= MAX_LOOKS) return;
  const { context } = world;
  const { namespace, name } = source.metadata;
  const afterMs = Math.min(LOOK_AGAIN_MS * 2 ** looks, MAX_LOOK_AGAIN_MS);
  context.later(`endings/${namespace}/${name}`, afterMs, () => {
    const signal = AbortSignal.timeout(context.config.timeoutMs);
    return followEndings(source, { context, signal, cluster: context.cluster(signal) }, looks + 1);
  });
}

/** Returns whether none waits any more. */
async function tellEndings(source: WebAppSource, world: Surroundings): Promise<boolean> {
  const { namespace = '', name } = source.metadata;
  const live = (await world.cluster.get(WEBAPP_SOURCE, { namespace, name })) as
    | WebAppSource
    | undefined;
  if (live?.spec.review === undefined) return true;
  const [told, waiting]: [number[], Waiting[]] = [[], waitingIn(live)];
  for (const merge of waiting) {
    const ending = isIn(merge, live) ? await endingOf(live, world.cluster) : undefined;
    if (ending === undefined) continue;
    await tell(live, merge, ending, world);
    told.push(merge.number);
  }
  if (told.length > 0)
    await change(live, world.cluster, (all) => all.filter(({ number }) => !told.includes(number)));
  return told.length === waiting.length;
}

/** Returns whether any comment waits. */
export function hasEndings(source: WebAppSource): boolean {
  return annotation(source, ANNOTATION.merged) !== '';
}

function isIn({ commit, before }: Waiting, { spec, status }: WebAppSource): boolean {
  const tried = commitOf(spec.branch, status.lastAttemptedRevision);
  return tried !== undefined && (tried === commit || tried !== before);
}

/** Returns the sentence, or undefined while something is still going on. */
async function endingOf(source: WebAppSource, cluster: Cluster): Promise<string | undefined> {
  const { status } = source;
  const revision = status.lastAttemptedRevision ?? '';
  const ready = conditionOf(status.conditions, 'Ready');
  if (conditionOf(status.conditions, 'Reconciling')) return undefined;
  if (ready?.status === 'False') return `❌ Not applied as it is: ${plain(ready.message)}`;
  const webapps = await appliedBy(source, revision, cluster);
  const shown = code(revision.replace(/@sha1:([0-9a-f]{12}).*$/, '@$1'));
  const stalled = webapps.filter(({ status: of }) => conditionOf(of.conditions, 'Stalled'));
  if (stalled.length > 0) return `❌ Applied ${shown}, but ${some(stalled.map(why), '; ')}`;
  const waiting = webapps.some((each) => !isReady(each));
  if (waiting) return undefined;
  const names = some(
    webapps.map(({ metadata }) => code(metadata.name)),
    ', ',
  );
  const what =
    webapps.length > 0 ? `${count(webapps.length, 'WebApp')} Ready: ${names}` : 'no WebApp changed';
  return `🚀 Applied ${shown}. ${what}`;
}

/** A merge can touch more WebApps than a comment has room for. */
function some(texts: readonly string[], separator: string): string {
  const more = texts.length - MAX_NAMED;
  const told = texts.slice(0, MAX_NAMED).join(separator);
  return more > 0 ? `${told} and ${more} more` : told;
}

function isReady({ metadata, status }: WebApp): boolean {
  const isSeen = status.observedGeneration === metadata.generation;
  return isSeen && conditionOf(status.conditions, 'Ready')?.status === 'True';
}

function why({ metadata, status }: WebApp): string {
  return `${code(metadata.name)} is not Ready: ${plain(conditionOf(status.conditions, 'Ready')?.message ?? '')}`;
}

async function appliedBy(
  source: WebAppSource,
  revision: string,
  cluster: Cluster,
): Promise<WebApp[]> {
  const made = await webappsOf(source, cluster);
  return made.filter((webapp) => annotation(webapp, ANNOTATION.revision) === revision);
}

const BEGIN = '<!-- webapp-ending -->';
const END = '<!-- /webapp-ending -->';

/** Returns whether a comment tells how it ended. */
export function hasEnding({ body }: Comment): boolean {
  return body.includes(BEGIN);
}

async function tell(
  source: WebAppSource,
  { number }: Merge,
  ...[ending, world]: [string, Surroundings]
): Promise<void> {
  const author = await reached(source, world);
  const [comment] = await commentsOf([author], number);
  if (comment === undefined) return;
  const [first = '', ...rest] = comment.body.split('\n');
  const old = rest.join('\n').replace(new RegExp(`${BEGIN}[^]*?${END}\n`), '');
  const body = [first, BEGIN, `### ${ending}`, '', END, old].join('\n');
  if (body !== comment.body) await author.forge.editComment(number, comment.id, body);
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
  const { number, commit, before } = (value ?? {}) as Partial<Waiting>;
  return Number.isSafeInteger(number) && typeof commit === 'string' && typeof before === 'string';
}

async function change(
  source: WebAppSource,
  cluster: Cluster,
  edit: (waiting: Waiting[], live: WebAppSource) => Waiting[],
): Promise<void> {
  const { namespace = '', name } = source.metadata;
  await despiteConflicts(async () => {
    const live = (await cluster.get(WEBAPP_SOURCE, { namespace, name })) as
      | WebAppSource
      | undefined;
    if (live === undefined) return;
    const after = edit(waitingIn(live), live);
    const value = after.length === 0 ? null : JSON.stringify(after);
    if (value === (annotation(live, ANNOTATION.merged) || null)) return;
    const fields = annotating(ANNOTATION.merged, value);
    await cluster.patch(WEBAPP_SOURCE, live, { type: 'merge', fields });
  });
}
