import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';

/** A caller of one HTTPS server that trusts one certificate only. */
export interface Caller extends AsyncDisposable {
  /** Returns the JSON answer, or the text if it is none; throws on a status of 400 and more. */
  call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown>;
}

/** Opens a caller of 127.0.0.1:`port` that trusts `ca` (PEM) and shows `token`, if given. */
export function openCaller(port: number, ca: string, token?: string): Caller {
  const dispatcher = new Agent({ connect: { ca }, headersTimeout: 5_000, bodyTimeout: 5_000 });
  const headers = {
    'content-type': 'application/json',
    ...(token && { authorization: `Bearer ${token}` }),
  };
  return {
    async call(method, path, body) {
      const options = { method, headers, dispatcher, body: body ? JSON.stringify(body) : null };
      const response = await request(`https://127.0.0.1:${port}${path}`, options);
      const text = await response.body.text();
      if (response.statusCode >= 400) throw new StatusError(response.statusCode, text);
      return text.startsWith('{') ? JSON.parse(text) : text;
    },
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}

/** An answer with a status of 400 and more. */
export class StatusError extends Error {
  readonly status: number;

  constructor(status: number, body: string) {
    super(`status ${status}: ${body}`);
    this.name = 'StatusError';
    this.status = status;
  }
}

/** Returns whether a program that has made its certificate in `certFile` answers /healthz there. */
export async function isHealthy(port: number, certFile: string): Promise<boolean> {
  const ca = await readFile(certFile, 'utf8');
  await using caller = openCaller(port, ca);
  return (await caller.call('GET', '/healthz')) === 'ok';
}
