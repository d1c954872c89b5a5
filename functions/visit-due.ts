// What the tick finds due: handed out as events where there is somewhere to send them, so that all instances share the
// work, and done here otherwise.
import { type Kind, WEBAPP, WEBAPP_SOURCE } from '../gitops/kinds.ts';
import type { ObjectKey } from '../gitops/objects.ts';
import type { Check } from './cloud-event.ts';
import type { Context } from './context.ts';
import { onSourceEvent } from './on-source-event.ts';
import { onWebAppEvent } from './on-webapp-event.ts';

/** A WebApp or WebAppSource to be visited though no event tells of it. */
export interface Due {
  readonly of: Kind;
  readonly key: ObjectKey;
  /** For a source: what to look at though nothing was asked for. */
  readonly check?: Check | undefined;
}

/** Sees to it that the visit takes place. Nobody else tries what the sink does not take, so that is done here, too. */
export async function handOut(due: Due, context: Context): Promise<void> {
  const { sink, telemetry } = context;
  if (sink && (await sink(due, telemetry.context())) === 'done') return;
  await visitDue(due, context, AbortSignal.timeout(context.config.timeoutMs));
}

/** Makes the visit and returns how it ended. */
export function visitDue({ of, key, check }: Due, context: Context, signal: AbortSignal) {
  return of === WEBAPP_SOURCE
    ? onSourceEvent({ key, ...(check && { force: check }) }, context, signal)
    : onWebAppEvent({ key, kind: WEBAPP.kind, full: true }, context, signal);
}
