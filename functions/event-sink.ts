// Sends CloudEvents, as the relay does of what changed and the tick of what is due.
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { messageOf } from '../gitops/errors.ts';
import { type Kind, resourcePath } from '../gitops/kinds.ts';
import type { Log } from '../gitops/log.ts';
import type { KubeObject, ObjectKey } from '../gitops/objects.ts';
import { DUE_TYPE } from './cloud-event.ts';
import type { DeliveryResult } from './relay/delivery-queue.ts';
import type { Verb } from './relay/informer.ts';
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
  readonly log: Log;
}

const dispatcher = new Agent({ keepAliveTimeout: 30_000 });

/** Posts to /events what happened, in the form of Knative's ApiServerSource in reference mode. */
export function sendEvent({ of, verb, object }: Happening, sink: Sink): Promise<DeliveryResult> {
  const { name, namespace = '' } = object.metadata;
  const type = `dev.knative.apiserver.ref.${verb}`;
  const event = { type, of, key: { namespace, name } };
  return post(`${sink.url}/events`, sink, encode(event, sink.source));
}

/** Posts to the sink itself that a visit is due. */
export function sendDue({ of, key, check }: Due, sink: Sink): Promise<DeliveryResult> {
  const extensions = check ? { 'ce-check': check } : {};
  return post(sink.url, sink, encode({ type: DUE_TYPE, of, key, extensions }, sink.source));
}

interface Event {
  readonly type: string;
  readonly of: Kind;
  readonly key: ObjectKey;
  readonly extensions?: Readonly<Record<string, string>>;
}

function encode(
  { type, of: { apiVersion, kind, plural }, key: { namespace, name }, extensions }: Event,
  source: string,
): Message {
  return {
    headers: {
      'ce-specversion': '1.0',
      'ce-id': crypto.randomUUID(),
      'ce-type': type,
      'ce-source': source,
      'ce-subject': resourcePath({ apiVersion, kind, plural }, namespace, name),
      'ce-time': new Date().toISOString(),
      'ce-apiversion': apiVersion,
      'ce-kind': kind,
      'ce-name': name,
      'ce-namespace': namespace,
      ...extensions,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ kind, namespace, name, apiVersion }),
  };
}

/** Posts a tick. */
export function sendTick(sink: Sink): Promise<DeliveryResult> {
  return post(`${sink.url}/tick`, sink, { headers: {}, body: '' });
}

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer of 4xx is final but for 408 and 429. */
async function post(
  url: string,
  { token, tokenFile, timeoutMs, log }: Sink,
  { headers, body }: Message,
): Promise<DeliveryResult> {
  try {
    const shown = tokenFile ? (await readFile(tokenFile, 'utf8')).trim() : token;
    const answer = await request(url, {
      method: 'POST',
      dispatcher,
      headers: { ...headers, ...(shown && { authorization: `Bearer ${shown}` }) },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body.dump();
    return judge(answer.statusCode, url, log);
  } catch (error) {
    log.warn({ url, error: messageOf(error) }, 'Delivery failed; will try again');
    return 'again';
  }
}

function judge(status: number, url: string, log: Log): DeliveryResult {
  if (status < 300) return 'done';
  const final = status >= 400 && status < 500 && status !== 408 && status !== 429;
  log.warn(
    { url, status },
    final ? 'Delivery refused; dropped' : 'Delivery failed; will try again',
  );
  return final ? 'refused' : 'again';
}
