// What the tick finds due: handed out as events where there is somewhere to send them, so that all instances share the
// work, and done here otherwise.
import { type Kind, WEBAPP, WEBAPP_SOURCE } from '../gitops/kinds.ts';
import type { ObjectKey } from '../gitops/objects.ts';
import { type AttemptTime, attemptTime } from './attempt-time.ts';
import type { Check } from './cloud-event.ts';
import type { Context } from './context.ts';
import { syncIfMoved } from './look-at-branch.ts';
import { onSourceEvent } from './on-source-event.ts';
import { onWebAppEvent } from './on-webapp-event.ts';

/** A WebApp or WebAppSource to be visited though no event tells of it. */
export interface Due {
  readonly of: Kind;
  readonly key: ObjectKey;
  /** For a source: what to look at though nothing was asked for. */
  readonly check?: Check | undefined;
}

/** Returns the function that visits objects of a kind: children are visited with their WebApp. */
export function servedBy(of: Kind): 'webapps' | 'sources' {
  return of === WEBAPP_SOURCE ? 'sources' : 'webapps';
}

/** Returns whether somebody can be found who visits objects of the kind. */
export function isVisited(of: Kind, { sink, config }: Pick<Context, 'sink' | 'config'>): boolean {
  return sink !== undefined || config.serve.has(servedBy(of));
}

/**
 * Sees to it that the visit takes place. Nobody else tries what the sink does not take, so that is done here, too, where
 * this process has the rights for it.
 */
export async function handOut(due: Due, context: Context): Promise<void> {
  const { sink, config, telemetry } = context;
  if (sink && (await sink(due, telemetry.context())).kind === 'done') return;
  if (!config.serve.has(servedBy(due.of))) throw new Error('EVENT_SINK did not take the event');
  await visitDue(due, context, attemptTime(config.timeoutMs));
}

/** Makes the visit and returns how it ended. */
export function visitDue({ of, key, check }: Due, context: Context, time: AttemptTime) {
  if (of !== WEBAPP_SOURCE)
    return onWebAppEvent({ key, kind: WEBAPP.kind, full: true }, context, time);
  if (check === 'moved') return syncIfMoved(key, context, time);
  return onSourceEvent({ key, ...(check && { force: check }) }, context, time);
}
