// The WebApps of a tick, in the order in which it is their turn.
import { pagesOf } from '../../gitops/cluster.ts';
import { WEBAPP } from '../../gitops/kinds.ts';
import type { WebApp } from '../../gitops/webapp.ts';
import { handOut } from '../visit-due.ts';
import { type DueWebApp, dueWebApp } from './due-webapp.ts';
import { type Run, tried, visitEach } from './run.ts';

/**
 * Has the WebApps visited that are due, and returns how many. Lists all before it visits any, so that those the list begins
 * with keep no other from its turn.
 */
export async function tickWebApps(run: Run): Promise<number> {
  const due: DueWebApp[] = [];
  try {
    for await (const { items } of pagesOf(run.cluster, WEBAPP)) {
      for (const object of items)
        await tried(run, object, () => noteWebApp(run, object as WebApp, due));
    }
  } catch (error) {
    // Of a list that ends in the middle, what was seen is visited all the same.
    await visitInTurn(run, due);
    throw error;
  }
  return visitInTurn(run, due);
}

async function noteWebApp(run: Run, webapp: WebApp, due: DueWebApp[]): Promise<boolean> {
  const { driftMs, tickMs } = run.context.config;
  run.census.addWebApp(webapp);
  const found = dueWebApp(webapp, { now: run.now, driftMs, tickMs });
  // Dice among equals, or what hangs and cannot even be counted would come first each time.
  if (found) due.push({ ...found, turn: found.turn + run.context.clock.random() });
  return found !== undefined;
}

function visitInTurn(run: Run, due: DueWebApp[]): Promise<number> {
  due.sort((a, b) => a.turn - b.turn);
  const todo = due.map((one) => ({ object: one.webapp, visit: () => visitWebApp(one, run) }));
  return visitEach(run, todo);
}

async function visitWebApp({ webapp, reason }: DueWebApp, { context }: Run): Promise<boolean> {
  const { namespace = '', name } = webapp.metadata;
  context.metrics.visits.due(WEBAPP, reason);
  await handOut({ of: WEBAPP, key: { namespace, name } }, context);
  return true;
}
