import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Dispatcher, request } from 'undici';

/** Starts an HTTP server on a free port of 127.0.0.1; disposing cuts its connections. */
export async function listen(handler: RequestListener): Promise<Disposable & { url: string }> {
  const server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What a server answered. */
export interface Passed {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks the server at `origin` what was asked here, and returns its answer. */
export async function forward(
  origin: string,
  asked: IncomingMessage,
  dispatcher?: Dispatcher,
): Promise<Passed> {
  const body = await buffer(asked);
  const answer = await request(`${origin}${asked.url}`, {
    method: asked.method as Dispatcher.HttpMethod,
    headers: endToEnd(asked.headers),
    body: body.length > 0 ? body : null,
    ...(dispatcher && { dispatcher }),
  });
  const { statusCode: status, headers } = answer;
  return { status, headers, body: Buffer.from(await answer.body.arrayBuffer()) };
}

/** Answers with what another server has answered. */
export function reply(response: ServerResponse, { status, headers, body }: Passed): void {
  response.writeHead(status, endToEnd(headers)).end(body);
}

/** Answers a request with what the server at `origin` answers to it. */
export async function passOn(
  origin: string,
  asked: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  reply(response, await forward(origin, asked));
}

/** Leaves out what is said of one connection alone. */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const {
    host: _host,
    connection: _connection,
    'keep-alive': _keepAlive,
    'transfer-encoding': _encoding,
    ...rest
  } = headers;
  return rest;
}
