import type { Readable } from 'node:stream';
import type { GitHttpRequest } from 'isomorphic-git';
import { request as send } from 'undici';
import { RetryableError } from '../errors.ts';
import type { Credentials } from '../repository.ts';
import type { GitLimits } from './git-limits.ts';
import type { Held } from './git-room.ts';
import type { Reach } from './reach.ts';
import { retryAfterIn } from './retry-after.ts';

export interface GitHttpOptions {
  /** As `repositoryUrl` returned it. */
  readonly url: string;
  /** Sent with each request. */
  readonly credentials?: Credentials;
  readonly signal: AbortSignal;
  readonly limits: GitLimits;
  readonly reach: Reach;
  /** Counts what is held of the answers. */
  readonly held: Held;
}

/** A whole answer with status 200 or a redirect. */
export interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Sends one request and reads all of its answer. Another status than 200 and 3xx is an error; redirects are not followed. */
export async function exchange(request: GitHttpRequest, options: GitHttpOptions): Promise<Answer> {
  const { url, method = 'GET' } = request;
  const { host } = new URL(url);
  options.reach.demand(url);
  try {
    const { statusCode, headers, body } = await send(url, {
      method,
      headers: { ...request.headers, ...identity(options.credentials) },
      body: request.body === undefined ? null : Buffer.concat(await Array.fromAsync(request.body)),
      signal: options.signal,
      dispatcher: options.reach.dispatcher,
    });
    const answer = { url, status: statusCode, headers };
    if (statusCode === 200 || (statusCode >= 300 && statusCode < 400)) {
      return { ...answer, body: await readLimited(body, host, options) };
    }
    await body.dump();
    throw statusError(answer, host);
  } catch (error) {
    if (error instanceof RetryableError) throw error;
    throw unreachable(host, error as NodeJS.ErrnoException);
  }
}

function identity(credentials: Credentials | undefined): Record<string, string> {
  // Some forges answer Git only to clients whose name begins like this.
  const agent = { 'User-Agent': 'git/webapp-operator' };
  if (credentials === undefined) return agent;
  return { ...agent, Authorization: `Basic ${basicOf(credentials)}` };
}

/** Returns the credentials as they are shown to a server. */
export function basicOf({ username, password }: Credentials): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

async function readLimited(
  body: Readable,
  host: string,
  { limits: { answerBytes: limit }, held }: GitHttpOptions,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  held.begin((error) => body.destroy(error));
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) {
      throw new RetryableError('GitLimitExceeded', `${host} sends more than ${limit} bytes`);
    }
    chunks.push(chunk);
    held.add(chunk.length);
  }
  held.keep();
  return Buffer.concat(chunks);
}

function unreachable(host: string, cause: NodeJS.ErrnoException): RetryableError {
  const message = `${host} could not be reached: ${cause.code ?? cause.message}`;
  return new RetryableError('GitUnreachable', message, { cause });
}

const REFUSALS: Record<number, readonly [reason: string, message: string]> = {
  401: ['GitAuthenticationFailed', 'wants credentials: there are none, or it does not accept them'],
  403: ['GitAuthenticationFailed', 'refuses access to the repository'],
  404: ['GitRepositoryNotFound', 'has no such repository, or hides it'],
  410: ['GitRepositoryNotFound', 'has the repository no more'],
};

function statusError({ status, headers }: Omit<Answer, 'body'>, host: string): RetryableError {
  const [reason, message] = REFUSALS[status] ?? ['GitUnreachable', 'does not answer as it should'];
  const retryAfterMs = retryAfterIn(headers['retry-after'], Date.now());
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new RetryableError(reason, `${host} ${message} (HTTP ${status})`, wait);
}
