import type { Readable } from 'node:stream';
import { request } from 'undici';
import { ApiError, type StatusBody } from '../api-error.ts';
import { messageOf, RetryableError } from '../errors.ts';
import type { Connector } from './connection.ts';
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

/** Sends requests to one API server. Every request ends with the signal, or after 30 s where there is none. */
export class Api {
  readonly #connector: Connector;
  readonly #signal: AbortSignal | undefined;

  constructor(connector: Connector, signal?: AbortSignal) {
    this.#connector = connector;
    this.#signal = signal;
  }

  /** Returns the same API, whose requests end when the signal does. */
  until(signal: AbortSignal): Api {
    return new Api(this.#connector, signal);
  }

  /** Returns the body of a successful answer; throws ApiError for any other, RetryableError when there was none. */
  async json(wanted: ApiRequest): Promise<unknown> {
    const signal = this.#signal ?? AbortSignal.timeout(DEFAULT_TIMEOUT_MS);
    return this.#answered(wanted, signal, async () => (await this.#send(wanted, signal)).json());
  }

  /** Returns the body as it comes, for watches; it ends with the signal, or when nothing came for 5 minutes. */
  async stream(wanted: ApiRequest): Promise<Readable> {
    const signal = this.#signal ?? new AbortController().signal;
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
  ) {
    const { server, headers, dispatcher } = await this.#connector.connect();
    const answer = await request(`${server}${path}${search(query)}`, {
      method,
      dispatcher,
      signal,
      headers: {
        ...headers,
        accept,
        'user-agent': USER_AGENT,
        ...(body && { 'content-type': contentType }),
      },
      body: body ? JSON.stringify(body) : null,
    });
    if (answer.statusCode < 400) return answer.body;
    throw await failure(`${method} ${path}`, answer.statusCode, answer.body);
  }
}

function unanswered(what: string, cause: unknown): RetryableError {
  return new RetryableError('ApiServerUnreachable', `no answer to ${what}: ${messageOf(cause)}`, {
    cause,
  });
}

async function failure(
  what: string,
  status: number,
  body: { text(): Promise<string> },
): Promise<ApiError> {
  const text = await body.text();
  try {
    return new ApiError(what, status, JSON.parse(text) as StatusBody);
  } catch {
    return new ApiError(what, status, { message: text.slice(0, 500) });
  }
}

function search(query: NonNullable<ApiRequest['query']>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) params.set(key, String(value));
  }
  return params.size === 0 ? '' : `?${params}`;
}
