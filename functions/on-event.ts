import type { IncomingHttpHeaders } from 'node:http';
import { CHILD_KINDS, groupOf, WEBAPP, WEBAPP_SOURCE } from '../gitops/kinds.ts';
import type { Outcome } from '../gitops/reconcile/reconcile.ts';
import type { SyncOutcome } from '../gitops/sync/sync.ts';
import { type Answer, callAgain } from './answer.ts';
import { attemptTime } from './attempt-time.ts';
import { decodeCloudEvent, type EventSubject } from './cloud-event.ts';
import type { Context } from './context.ts';
import { lookAgain } from './look-at-branch.ts';
import { onSourceEvent } from './on-source-event.ts';
import { onWebAppEvent } from './on-webapp-event.ts';
import { servedBy, visitDue } from './visit-due.ts';

/** Answers a CloudEvent about a WebApp, one of its children, or a WebAppSource. */
export async function onEvent(
  headers: IncomingHttpHeaders,
  body: Buffer,
  context: Context,
): Promise<Answer> {
  const decoded = decodeCloudEvent(headers, body);
  if (decoded.kind === 'malformed') return { status: 400, body: { error: decoded.reason } };
  if (decoded.kind === 'ignored') return { status: 202, body: { ignored: decoded.reason } };
  const { subject, about } = decoded;
  const entry = { name: 'POST /events', trigger: 'pubsub', headers, event: about } as const;
  return context.telemetry.enter(entry, async () => {
    try {
      return await dispatch(subject, context);
    } catch (error) {
      // The visit has logged it.
      return callAgain(error);
    }
  });
}

async function dispatch(subject: EventSubject, context: Context): Promise<Answer> {
  const { apiVersion, kind, namespace, name, due } = subject;
  const time = attemptTime(context.config.timeoutMs);
  const key = { namespace, name };
  const of = [WEBAPP_SOURCE, WEBAPP, ...CHILD_KINDS].find(
    (one) => one.kind === kind && groupOf(one.apiVersion) === groupOf(apiVersion),
  );
  if (!of) return { status: 202, body: { ignored: `${kind} of ${apiVersion} is not handled` } };
  if (!context.config.serve.has(servedBy(of)))
    return { status: 202, body: { ignored: `${servedBy(of)} is not one of FUNCTIONS here` } };
  if (due) return answerTo((await visitDue({ of, key, ...due }, context, time)).kind);
  if (of !== WEBAPP_SOURCE)
    return answerTo((await onWebAppEvent({ key, kind }, context, time)).kind);
  const outcome = await onSourceEvent({ key }, context, time);
  if (outcome.kind === 'synced' && outcome.noNews) lookAgain(key, context);
  return answerTo(outcome.kind);
}

type Kind = (Outcome | SyncOutcome)['kind'];

function answerTo(outcome: Kind): Answer {
  // Work that is left needs somebody to call again at once.
  if (outcome === 'unfinished') return { status: 503, body: { outcome }, retryAfter: 1 };
  // A failure that was counted on the object is the tick's to try again, not the caller's.
  return { status: outcome === 'retry' ? 202 : 200, body: { outcome } };
}
