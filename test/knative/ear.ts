// Whoever else listens to events: dead letters, and a Trigger of its own.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Network } from '../../infra/knative/network.ts';

/** One delivery, whatever was answered to it. */
export interface Heard {
  /** Milliseconds of performance.now(). */
  readonly at: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What an ear answers to a delivery. */
export interface Reply {
  readonly status: number;
  readonly body?: object;
}

/** A sink of events that remembers what it was sent. */
export interface Ear {
  readonly url: string;
  readonly heard: readonly Heard[];
}

/** Opens an ear that pods reach by this name of a host. */
export async function openEar(
  network: Network,
  host: string,
  reply: (heard: Heard) => Reply = () => ({ status: 202 }),
): Promise<Ear> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const one = { at: performance.now(), headers: request.headers, body: await text(request) };
    heard.push(one);
    const { status, body } = reply(one);
    if (body) response.setHeader('content-type', 'application/json');
    response.writeHead(status).end(body && JSON.stringify(body));
  });
  server.listen(80, await network.addService(host));
  await once(server, 'listening');
  server.unref();
  return { url: `http://${host}`, heard };
}
