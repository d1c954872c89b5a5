import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

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

/** Answers a request with what the server at `origin` answers to it. */
export async function passOn(
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', headers, url } = request;
  const names = ['content-type', 'git-protocol'].filter((name) => headers[name] !== undefined);
  const answer = await fetch(origin + url, {
    method,
    headers: names.map((name) => [name, String(headers[name])]),
    ...(method === 'POST' ? { body: await buffer(request) } : {}),
  });
  response.writeHead(answer.status, { 'Content-Type': String(answer.headers.get('content-type')) });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
