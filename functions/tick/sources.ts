// The WebAppSources of a tick: which are due, whose branch is to be looked at, and which merges are to be told.
import { pagesOf } from '../../gitops/cluster.ts';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import { attemptTime } from '../attempt-time.ts';
import { movedTo, syncMoved } from '../look-at-branch.ts';
import { hasEndings, tellEndings } from '../review/endings.ts';
import { handOut, isVisited } from '../visit-due.ts';
import { type DueSource, dueSource } from './due-source.ts';
import { inAnyOrder, type Run, type Todo, tried, visitEach } from './run.ts';

/**
 * A Git server or a forge that hangs leaves time for others, though not any number of them for all. What is asked in
 * vain is not noted anywhere, as a failed visit is, and so would be as much in the way at the next tick.
 */
const ONE_QUESTION_SHARE = 0.4;

/** What a tick has found. */
interface Found {
  readonly due: DueSource[];
  /** Asks of servers that are somebody else's: whether a branch has moved, and to take an ending. */
  readonly questions: Todo[];
}

/** Has the sources visited that are due, and returns how many. Lists all before it visits any, as with WebApps. */
export async function tickSources(run: Run): Promise<number> {
  const found: Found = { due: [], questions: [] };
  try {
    for await (const { items } of pagesOf(run.cluster, WEBAPP_SOURCE)) {
      for (const object of items)
        await tried(run, object, async () => note(run, object as WebAppSource, found));
    }
  } catch (error) {
    await visitAll(run, found);
    throw error;
  }
  return visitAll(run, found);
}

function note(run: Run, source: WebAppSource, { due, questions }: Found): boolean {
  const { context, now } = run;
  const { config, clock, sink } = context;
  run.census.addSource(source);
  noteReviews(run, source, questions);
  if (!isVisited(WEBAPP_SOURCE, context)) return false;
  const one = dueSource(source, { now, driftMs: config.driftMs, tickMs: config.tickMs });
  if (one === undefined) return false;
  // With a sink the tick needs no right to Secrets and no way to the Git server: whoever syncs has them.
  if (one.check === 'moved' && sink === undefined)
    questions.push({ object: source, visit: () => lookAt(one, run) });
  else due.push({ ...one, turn: one.turn + clock.random() });
  return true;
}

function noteReviews(run: Run, source: WebAppSource, questions: Todo[]): void {
  if (!run.context.config.serve.has('reviews')) return;
  run.unheard.push(source);
  const visit = async () => {
    await tellEndings(source, inItsShare(run));
    return false;
  };
  if (hasEndings(source)) questions.push({ object: source, visit });
}

/** Visits in turn, and beside that asks: however many servers do not answer, they keep no visit from its turn. */
async function visitAll(run: Run, { due, questions }: Found): Promise<number> {
  due.sort((a, b) => a.turn - b.turn);
  const visits = due.map((one) => ({ object: one.source, visit: () => visitSource(one, run) }));
  const asked = visitEach(run, inAnyOrder(questions, run));
  return (await visitEach(run, visits)) + (await asked);
}

async function lookAt({ source }: DueSource, run: Run): Promise<boolean> {
  const head = await movedTo(source, inItsShare(run));
  if (head === undefined) return false;
  const { context } = run;
  const { namespace = '', name } = source.metadata;
  const key = { namespace, name };
  await syncMoved({ key, head }, context, attemptTime(context.config.timeoutMs));
  return true;
}

function inItsShare(run: Run): Run {
  const limit = AbortSignal.timeout(Math.ceil(run.context.config.timeoutMs * ONE_QUESTION_SHARE));
  return { ...run, signal: AbortSignal.any([run.signal, limit]) };
}

async function visitSource(
  { source, reason, check }: DueSource,
  { context }: Run,
): Promise<boolean> {
  const { namespace = '', name } = source.metadata;
  // Whoever looks at the branch counts what has moved.
  if (check !== 'moved') context.metrics.visits.due(WEBAPP_SOURCE, reason);
  await handOut({ of: WEBAPP_SOURCE, key: { namespace, name }, check }, context);
  return true;
}
