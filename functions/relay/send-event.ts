import { Agent, request } from 'undici';
import { messageOf } from '../../gitops/errors.ts';
import type { Kind } from '../../gitops/kinds.ts';
import { resourcePath } from '../../gitops/kinds.ts';
import type { Log } from '../../gitops/log.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import type { DeliveryResult } from './delivery-queue.ts';
import type { Verb } from './informer.ts';

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
  /** Address of the API server, which is the events' source. */
  readonly source: string;
  readonly timeoutMs: number;
  readonly log: Log;
}

const dispatcher = new Agent({ keepAliveTimeout: 30_000 });

/** Posts an event in the form of Knative's ApiServerSource in reference mode. An answer of 4xx is final but for 408 and 429. */
export async function sendEvent(
  { of, verb, object }: Happening,
  sink: Sink,
): Promise<DeliveryResult> {
  const { name, namespace = '' } = object.metadata;
  const { apiVersion, kind } = of;
  return post(`${sink.url}/events`, sink, {
    headers: {
      'ce-specversion': '1.0',
      'ce-id': crypto.randomUUID(),
      'ce-type': `dev.knative.apiserver.ref.${verb}`,
      'ce-source': sink.source,
      'ce-subject': resourcePath(of, namespace, name),
      'ce-time': new Date().toISOString(),
      'ce-apiversion': apiVersion,
      'ce-kind': kind,
      'ce-name': name,
      'ce-namespace': namespace,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ kind, namespace, name, apiVersion }),
  });
}

/** Posts a tick. */
export function sendTick(sink: Sink): Promise<DeliveryResult> {
  return post(`${sink.url}/tick`, sink, { headers: {}, body: '' });
}

async function post(
  url: string,
  { token, timeoutMs, log }: Sink,
  { headers, body }: { headers: Record<string, string>; body: string },
): Promise<DeliveryResult> {
  try {
    const answer = await request(url, {
      method: 'POST',
      dispatcher,
      headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) },
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
  return final ? 'done' : 'again';
}
