// Sends CloudEvents, as the relay does of what changed and the tick of what is due.
import { readFile } from 'node:fs/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { messageOf } from '../gitops/errors.ts';
import { retryAfterIn } from '../gitops/io/retry-after.ts';
import { type Kind, resourcePath } from '../gitops/kinds.ts';
import type { Log } from '../gitops/log.ts';
import type { KubeObject, ObjectKey } from '../gitops/objects.ts';
import { traceOriginOf } from '../gitops/trace-origin.ts';
import { DUE_TYPE } from './cloud-event.ts';
import type { DeliveryResult } from './relay/delivery-queue.ts';
import type { Verb } from './relay/informer.ts';
import { readTraceContext, type TraceContext, traceparentOf } from './telemetry/trace-context.ts';
import type { Due } from './visit-due.ts';

/** Something that happened to an object. */
export interface Happening {
  readonly of: Kind;
  readonly verb: Verb;
  readonly object: KubeObject;
}

/** Where events go. */
export interface Sink {
  readonly url: string;
  /** Bearer token to show; none where it is empty. */
  readonly token: string;
  /** File that holds the token in place of that; read each time, as whoever wrote it renews it. */
  readonly tokenFile?: string;
  /** Address of the API server, which is the events' source. */
  readonly source: string;
  readonly timeoutMs: number;
  /** Ends what is under way, as whoever sends has to go. */
  readonly signal?: AbortSignal;
  readonly log: Log;
}

const dispatcher = new Agent({ keepAliveTimeout: 30_000 });

/** Posts to /events what happened, in the form of Knative's ApiServerSource in reference mode. */
export function sendEvent({ of, verb, object }: Happening, sink: Sink): Promise<DeliveryResult> {
  const { name, namespace = '' } = object.metadata;
  const type = `dev.knative.apiserver.ref.${verb}`;
  const origin = traceOriginOf(object);
  const start = origin?.isNews ? readTraceContext(origin.traceparent) : undefined;
  const event = { type, of, key: { namespace, name }, extensions: tracing(start) };
  return post(`${sink.url}/events`, sink, encode(event, sink.source));
}

/** Posts to the sink itself that a visit is due, as found in the trace `start`, if in any. */
export function sendDue(due: Due, sink: Sink, start?: TraceContext): Promise<DeliveryResult> {
  return post(sink.url, sink, encode(dueEvent(due, start), sink.source));
}

/** Returns the same event as one JSON text, for a queue that has no headers. */
export function structuredDue(due: Due, source: string, start?: TraceContext): string {
  const attributes = attributesOf(dueEvent(due, start), source);
  return JSON.stringify({ ...attributes, data: dataOf(due.of, due.key) });
}

function dueEvent({ of, key, check }: Due, start: TraceContext | undefined): Event {
  return { type: DUE_TYPE, of, key, extensions: { ...(check && { check }), ...tracing(start) } };
}

/** The extension Distributed Tracing: where the event starts, which stays the same however many hops it takes. */
function tracing(start?: TraceContext): Readonly<Record<string, string>> {
  if (start === undefined) return {};
  const { state } = start;
  return { traceparent: traceparentOf(start), ...(state && { tracestate: state }) };
}

interface Event {
  readonly type: string;
  readonly of: Kind;
  readonly key: ObjectKey;
  readonly extensions?: Readonly<Record<string, string>>;
}

function encode(event: Event, source: string): Message {
  const attributes = Object.entries(attributesOf(event, source));
  const headers = Object.fromEntries(attributes.map(([name, value]) => [`ce-${name}`, value]));
  return {
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(dataOf(event.of, event.key)),
  };
}

function attributesOf(
  { type, of: { apiVersion, kind, plural }, key: { namespace, name }, extensions }: Event,
  source: string,
): Record<string, string> {
  return {
    specversion: '1.0',
    id: crypto.randomUUID(),
    type,
    source,
    subject: resourcePath({ apiVersion, kind, plural }, namespace, name),
    time: new Date().toISOString(),
    apiversion: apiVersion,
    kind,
    name,
    namespace,
    ...extensions,
  };
}

function dataOf({ apiVersion, kind }: Kind, { namespace, name }: ObjectKey): object {
  return { kind, namespace, name, apiVersion };
}

/** Posts a tick. */
export function sendTick(sink: Sink): Promise<DeliveryResult> {
  return post(`${sink.url}/tick`, sink, { headers: {}, body: '' });
}

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const NEVER = new AbortController().signal;

async function post(
  url: string,
  { token, tokenFile, timeoutMs, log, signal: end = NEVER }: Sink,
  { headers, body }: Message,
): Promise<DeliveryResult> {
  const signal = AbortSignal.any([end, AbortSignal.timeout(timeoutMs)]);
  try {
    const shown = tokenFile ? (await readFile(tokenFile, 'utf8')).trim() : token;
    const answer = await request(url, {
      method: 'POST',
      dispatcher,
      headers: { ...headers, ...(shown && { authorization: `Bearer ${shown}` }) },
      body,
      signal,
    });
    await answer.body.dump();
    return judge(answer, url, log);
  } catch (error) {
    if (!end.aborted) log.warn({ url, error: messageOf(error) }, 'Delivery failed; will try again');
    return { kind: 'again', afterMs: 0 };
  }
}

/**
 * Answers of 4xx that say nothing of the event: a token is being renewed, or the route to the functions is not there yet.
 * All others are final.
 */
const PASSING: ReadonlySet<number> = new Set([401, 403, 404, 408, 429]);

function judge(
  { statusCode: status, headers }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
  url: string,
  log: Log,
): DeliveryResult {
  if (status < 300) return { kind: 'done' };
  const final = status >= 400 && status < 500 && !PASSING.has(status);
  log.warn(
    { url, status },
    final ? 'Delivery refused; dropped' : 'Delivery failed; will try again',
  );
  if (final) return { kind: 'refused' };
  return { kind: 'again', afterMs: retryAfterIn(headers['retry-after'], Date.now()) ?? 0 };
}
