// Events that a broker has given up. Nothing is lost with one, as the tick finds what is due: it is said, and counted, because
// it tells of functions that are away, or of somebody who sends what nobody understands.
import type { IncomingHttpHeaders } from 'node:http';
import { cut } from '../gitops/cut.ts';
import type { Answer } from './answer.ts';
import { decodeCloudEvent } from './cloud-event.ts';
import type { Context } from './context.ts';

/** Longest code and reason that are logged: whoever reaches this path can write anything. */
const MAX_CODE = 16;
const MAX_REASON = 200;

/** Logs which object a dead letter is about, where it tells, and what the last try was answered with. */
export function onDeadLetter(
  headers: IncomingHttpHeaders,
  body: Buffer,
  { log, metrics }: Pick<Context, 'log' | 'metrics'>,
): Answer {
  const code = cut(String(headers['ce-knativeerrorcode'] ?? ''), MAX_CODE);
  const event = decodeCloudEvent(headers, body);
  const about =
    event.kind === 'event' ? subjectOf(event.subject) : { reason: cut(event.reason, MAX_REASON) };
  metrics.deadLetters.received();
  log.warn({ ...about, code }, 'An event could not be delivered; the tick makes up for it');
  return { status: 202, body: { logged: true } };
}

type Event = Extract<ReturnType<typeof decodeCloudEvent>, { kind: 'event' }>;

function subjectOf({ kind, namespace, name }: Event['subject']) {
  return { kind, namespace, name };
}
