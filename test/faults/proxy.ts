// The way of one incarnation of the functions to the API server. It tells the journal of each request, lets writes
// pass one at a time, so that "after this write" is a moment, and does what the plan wants done.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import pLimit from 'p-limit';
import { type Dispatcher, request as send } from 'undici';
import type { Answer, History } from './history.ts';
import { type Entry, isWrite, type Journal, readRequest } from './journal.ts';
import { RESET, type RequestFault } from './plan.ts';

/** What all incarnations of a run have in common. */
export interface Wire {
  readonly server: string;
  readonly dispatcher: Dispatcher;
  readonly namespace: string;
  readonly journal: Journal;
  readonly history: History;
  /** Writes that pass at a time; one unless given. */
  readonly writesAtOnce?: number;
  /** Returns the fault that is due at a request. */
  faultAt(entry: Entry): RequestFault | undefined;
  /** Puts somebody else's object where the write is about to go. */
  replace(entry: Entry): Promise<void>;
  /** Ends when a held write may pass. */
  held(): Promise<void>;
  /** Is told of every answer of the API server before the functions are. */
  seen(entry: Entry, answer: Answer): Promise<void>;
}

/** An HTTP server that passes on what it is asked, unless a fault is due. */
export class ApiProxy {
  /** Answers 503 to everything. */
  down = false;
  readonly #wire: Wire;
  readonly #server: Server;
  readonly #onCrash: () => void;
  readonly #fewWrites: ReturnType<typeof pLimit>;
  #over = false;

  private constructor(wire: Wire, server: Server, onCrash: () => void) {
    this.#wire = wire;
    this.#server = server;
    this.#onCrash = onCrash;
    this.#fewWrites = pLimit(wire.writesAtOnce ?? 1);
  }

  static async open(wire: Wire, onCrash: () => void): Promise<ApiProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new ApiProxy(wire, server, onCrash);
    server.on('request', (request, response) => {
      proxy.#answer(request, response).catch(() => response.destroy());
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on no request comes through, as if the process were gone. */
  cut(): void {
    this.#over = true;
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(confined(request.url ?? '/', this.#wire.namespace), this.#wire.server);
    const body = await buffer(request);
    if (this.#over) return;
    const contentType = request.headers['content-type'];
    const asked = readRequest(request.method ?? 'GET', url, { contentType, body });
    const entry = this.#wire.journal.add(asked);
    const pass = () =>
      this.#pass(entry, () => this.#forward(request, { url, body, entry }), response);
    await (isWrite(asked) ? this.#fewWrites(pass) : pass());
  }

  async #pass(entry: Entry, forward: () => Promise<Answer>, response: ServerResponse) {
    if (this.#over) return;
    const fault = this.down ? 'error-503' : this.#wire.faultAt(entry);
    if (fault === RESET) return void response.destroy();
    if (fault?.startsWith('error-')) return reply(response, refusal(Number(fault.slice(6))));
    if (fault === 'hold' || fault === 'hold-late') await this.#wire.held();
    if (fault === 'stranger') await this.#wire.replace(entry);
    this.#answerAfter(fault, entry, { answer: await forward(), response });
  }

  #answerAfter(
    fault: RequestFault | undefined,
    entry: Entry,
    { answer, response }: { answer: Answer; response: ServerResponse },
  ): void {
    const old = fault?.startsWith('stale') && this.#wire.history.before(entry, answer);
    if (fault === 'crash' || fault === 'crash-lost') this.#crash();
    else if (fault === 'unanswered') response.destroy();
    else reply(response, old || answer);
  }

  #crash(): void {
    this.cut();
    this.#onCrash();
  }

  async #forward(
    { method, headers }: IncomingMessage,
    { url, body, entry }: { url: URL; body: Buffer; entry: Entry },
  ): Promise<Answer> {
    const { authorization, accept, 'content-type': type } = headers;
    const got = await send(url, {
      method: method as Dispatcher.HttpMethod,
      dispatcher: this.#wire.dispatcher,
      headers: { authorization, accept, ...(body.length > 0 && { 'content-type': type }) },
      body: body.length > 0 ? body : null,
    });
    const answer = { status: got.statusCode, body: await got.body.json() };
    entry.status = answer.status;
    const { history } = this.#wire;
    entry.older = !isWrite(entry) && history.before(entry, answer) !== undefined;
    history.note(entry, answer);
    await this.#wire.seen(entry, answer);
    return answer;
  }
}

/** Lists of all namespaces become lists of one, so that several runs share a cluster and none sees another. */
function confined(url: string, namespace: string): string {
  return url.replace(/^(\/apis\/example\.com\/v1)(\/\w+(\?|$))/, `$1/namespaces/${namespace}$2`);
}

const REASONS: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  409: 'Conflict',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

function refusal(code: number): Answer {
  const details = code === 429 ? { details: { retryAfterSeconds: 1 } } : {};
  const message = `the plan answers ${code}`;
  return {
    status: code,
    body: { kind: 'Status', status: 'Failure', reason: REASONS[code], code, message, ...details },
  };
}

function reply(response: ServerResponse, { status, body }: Answer): void {
  const wait = status === 429 ? { 'retry-after': '1' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...wait });
  response.end(JSON.stringify(body));
}
