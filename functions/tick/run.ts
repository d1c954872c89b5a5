// One tick, and how it visits: what fails holds up nothing else, and when its time is over nothing is begun.
import pLimit from 'p-limit';
import type { Cluster } from '../../gitops/cluster.ts';
import { messageOf } from '../../gitops/errors.ts';
import { WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import type { Context } from '../context.ts';
import type { Census } from './census.ts';

const PARALLEL_VISITS = 8;

/** What the parts of a tick have in common. */
export interface Run {
  readonly context: Context;
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
  /** When the tick began, for all of its objects: the moments of one that was met late would be another tick's, too. */
  readonly now: number;
  readonly failed: string[];
  /** Sources that look for pull requests that nobody told of; last, as that may take long. */
  readonly unheard: WebAppSource[];
  readonly census: Census;
}

/** Something to be visited. */
export interface Todo {
  readonly object: KubeObject;
  /** Returns whether there was anything due. */
  readonly visit: () => Promise<boolean>;
}

/** Returns the same in an order that differs each time, so that none is always behind one that hangs. */
export function inAnyOrder<T>(all: readonly T[], { context }: Pick<Run, 'context'>): T[] {
  const drawn = all.map((one) => [context.clock.random(), one] as const);
  return drawn.sort(([a], [b]) => a - b).map(([, one]) => one);
}

/** Returns how many were visited. When the tick's time is over none is begun: the next tick goes on. */
export async function visitEach(run: Run, todo: readonly Todo[]): Promise<number> {
  let visited = 0;
  await pLimit(PARALLEL_VISITS).map(todo, async ({ object, visit }) => {
    if (!run.signal.aborted && (await tried(run, object, visit))) visited++;
  });
  return visited;
}

/** One that fails holds up no other. */
export async function tried(
  { failed, context }: Pick<Run, 'failed' | 'context'>,
  object: KubeObject,
  visit: Todo['visit'],
): Promise<boolean> {
  try {
    return await visit();
  } catch (error) {
    const { kind } = object;
    const { namespace, name } = object.metadata;
    failed.push(name);
    context.metrics.ticks.failed(kind === WEBAPP.kind ? WEBAPP : WEBAPP_SOURCE);
    context.log.warn({ kind, namespace, name, error: messageOf(error) }, 'Tick could not visit');
    return false;
  }
}
