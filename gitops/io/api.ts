import type { Readable } from 'node:stream';
import { request } from 'undici';
import { ApiError, type StatusBody } from '../api-error.ts';
import { RetryableError } from '../errors.ts';
import type { Connector } from './connection.ts';

/** One request to the API server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly contentType?: string;
  readonly body?: object;
}

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
    const { body } = await this.#send(
      wanted,
      this.#signal ?? AbortSignal.timeout(DEFAULT_TIMEOUT_MS),
    );
    return body.json();
  }

  /** Returns the body as it comes, for watches; it ends with the signal alone. */
  async stream(wanted: ApiRequest): Promise<Readable> {
    return (await this.#send(wanted, this.#signal, { bodyTimeout: 0 })).body;
  }

  async #send(
    { method, path, query = {}, body, contentType = 'application/json' }: ApiRequest,
    signal: AbortSignal | undefined,
    options: { bodyTimeout?: number } = {},
  ) {
    const { server, headers, dispatcher } = await this.#connector.connect();
    const what = `${method} ${path}`;
    const answer = await request(`${server}${path}${search(query)}`, {
      ...options,
      method,
      dispatcher,
      headers: {
        ...headers,
        accept: 'application/json',
        'user-agent': USER_AGENT,
        ...(body && { 'content-type': contentType }),
      },
      body: body ? JSON.stringify(body) : null,
      ...(signal && { signal }),
    }).catch((cause: Error) => {
      throw new RetryableError('ApiServerUnreachable', `no answer to ${what}: ${cause.message}`, {
        cause,
      });
    });
    if (answer.statusCode >= 400) throw await failure(what, answer.statusCode, answer.body);
    return answer;
  }
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
