import type { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { ApiError, type StatusBody } from '../api-error.ts';
import { messageOf, RetryableError } from '../errors.ts';
import { type Facts, type Trace, UNTRACED } from '../trace.ts';
import type { Connector } from './connection.ts';
import { retryAfterIn } from './retry-after.ts';
import { untilAborted } from './until-aborted.ts';

/** One request to the API server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly contentType?: string;
  /** What the answer may be; JSON unless given. */
  readonly accept?: string;
  readonly body?: object;
}

const JSON_TYPE = 'application/json';
const USER_AGENT = 'webapp-operator';
const DEFAULT_TIMEOUT_MS = 30_000;

/** How requests are made: all end with the signal, each after so many milliseconds, and with the rights of the user. */
interface Terms {
  readonly signal?: AbortSignal;
  readonly eachMs?: number;
  /** Whose rights count; our own where there is none. */
  readonly user?: string;
  readonly trace?: Trace;
}

/** Sends requests to one API server. Each ends after 30 s, unless told otherwise. */
export class Api {
  readonly #connector: Connector;
  readonly #terms: Terms;

  constructor(connector: Connector, terms: Terms = {}) {
    this.#connector = connector;
    this.#terms = terms;
  }

  /** Returns the same API, whose requests end when the signal does, and each after `eachMs` at the latest. */
  until(signal: AbortSignal, eachMs = DEFAULT_TIMEOUT_MS): Api {
    return new Api(this.#connector, { ...this.#terms, signal, eachMs });
  }

  /** Returns the same API, whose requests are made with the rights of this user. */
  as(user: string): Api {
    return new Api(this.#connector, { ...this.#terms, user });
  }

  /** Returns the body of a successful answer; throws ApiError for any other, RetryableError when there was none. */
  async json(wanted: ApiRequest): Promise<unknown> {
    const { signal: all, eachMs = DEFAULT_TIMEOUT_MS } = this.#terms;
    const each = AbortSignal.timeout(eachMs);
    const signal = all ? AbortSignal.any([all, each]) : each;
    return this.#traced(wanted, (tell) =>
      this.#answered(wanted, signal, async () => (await this.#send(wanted, signal, tell)).json()),
    );
  }

  #traced<T>(
    { method, path }: ApiRequest,
    work: (tell: (facts: Facts) => void) => Promise<T>,
  ): Promise<T> {
    const { trace = UNTRACED } = this.#terms;
    const facts = { 'http.request.method': method, 'url.path': path };
    return trace.part({ name: `${method} ${resourceOf(path)}`, isRequest: true, facts }, work);
  }

  /** Returns the body as it comes, for watches; it ends with the signal, or when nothing came for 5 minutes. */
  async stream(wanted: ApiRequest): Promise<Readable> {
    const signal = this.#terms.signal ?? new AbortController().signal;
    return this.#answered(wanted, signal, () => this.#send(wanted, signal));
  }

  async #answered<T>(
    { method, path }: ApiRequest,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await untilAborted(signal, work);
    } catch (error) {
      throw error instanceof ApiError ? error : unanswered(`${method} ${path}`, error);
    }
  }

  async #send(
    { method, path, query = {}, body, contentType = JSON_TYPE, accept = JSON_TYPE }: ApiRequest,
    signal: AbortSignal,
    tell: (facts: Facts) => void = () => {},
  ) {
    const { server, headers, dispatcher } = await this.#connector.connect();
    const { user, trace } = this.#terms;
    const traceparent = trace?.traceparent();
    tell({ 'url.full': server + path, 'server.address': URL.parse(server)?.hostname });
    const sentAt = Date.now();
    const answer = await request(`${server}${path}${search(query)}`, {
      method,
      dispatcher,
      signal,
      headers: {
        ...headers,
        accept,
        'user-agent': USER_AGENT,
        ...(user && { 'impersonate-user': user }),
        ...(traceparent && { traceparent }),
        ...(body && { 'content-type': contentType }),
      },
      body: body ? JSON.stringify(body) : null,
    });
    tell({ 'http.response.status_code': answer.statusCode });
    this.#connector.clock.hear(answer.headers.date, sentAt);
    if (answer.statusCode < 400) return answer.body;
    throw await failure(`${method} ${path}`, answer);
  }
}

function unanswered(what: string, cause: unknown): RetryableError {
  return new RetryableError('ApiServerUnreachable', `no answer to ${what}: ${messageOf(cause)}`, {
    cause,
  });
}

async function failure(
  what: string,
  { statusCode, headers, body }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'>,
): Promise<ApiError> {
  const { details, ...status } = statusOf(await body.text());
  // What stands before the API server, and its own limits on requests, ask for a wait in the header alone.
  const ms = retryAfterIn(headers['retry-after'], Date.now());
  const wait = { ...(ms !== undefined && { retryAfterSeconds: ms / 1_000 }), ...details };
  return new ApiError(what, statusCode, { ...status, details: wait });
}

function statusOf(text: string): StatusBody {
  try {
    return JSON.parse(text) as StatusBody;
  } catch {
    return { message: text.slice(0, 500) };
  }
}

/** Returns the plural and the subresource: there are few of them, unlike names. */
function resourceOf(path: string): string {
  const [, rest] = /^\/apis?(?:\/[^/]+)?\/v\w+\/(.*)$/.exec(path) ?? [];
  if (rest === undefined) return path;
  const [plural = '', , subresource] = rest.replace(/^namespaces\/[^/]+\/(?=.)/, '').split('/');
  return subresource === undefined ? plural : `${plural}/${subresource}`;
}

function search(query: NonNullable<ApiRequest['query']>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) params.set(key, String(value));
  }
  return params.size === 0 ? '' : `?${params}`;
}
