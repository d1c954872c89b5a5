// The HTTP client that isomorphic-git is given. Its own ends by no signal, reads without bound and follows
// any redirect.
import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import { request as send } from 'undici';
import { PermanentError, RetryableError } from '../errors.ts';
import type { Credentials } from '../repository.ts';
import type { GitLimits } from './git-limits.ts';
import { checkPack } from './git-pack-check.ts';

export interface GitHttpOptions {
  /** As `repositoryUrl` returned it. */
  readonly url: string;
  readonly credentials?: Credentials;
  readonly signal: AbortSignal;
  readonly limits: GitLimits;
}

interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

const MAX_REDIRECTS = 3;

/** Returns the URL in the form the client needs. Fails permanently if it is not plain http(s), without naming it. */
export function repositoryUrl(text: string): string {
  const url = URL.parse(text);
  const refuse = (why: string) =>
    new PermanentError('InvalidSource', `the URL of the repository ${why}`);
  if (url === null) throw refuse('is not a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refuse('must begin with https:// or http://');
  if (url.username !== '' || url.password !== '')
    throw refuse('must not contain a user name or password: they belong in a Secret');
  if (url.search !== '' || url.hash !== '') throw refuse('must not contain ? or #');
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/**
 * Returns a client for one operation on one repository: it asks for the list of branches once, so that all
 * steps see the same. Credentials go to the origin of the URL alone. Errors have a reason and are retryable.
 */
export function createGitHttp(options: GitHttpOptions): HttpClient {
  let advertisement: Promise<Answer> | undefined;

  async function discover(request: GitHttpRequest): Promise<Answer> {
    advertisement ??= followRedirects(request, options);
    return advertisement;
  }

  /** Asks where the list of branches came from, for a renamed repository has moved as a whole. */
  async function call(request: GitHttpRequest): Promise<Answer> {
    const list = (await advertisement)?.url ?? request.url;
    const url = list.replace(/\/info\/refs(\?.*)?$/, '') + request.url.slice(options.url.length);
    const answer = await exchange({ ...request, url }, options);
    if (answer.status !== 200) throw redirectRefused(answer);
    checkPack(answer.body, options.limits);
    return answer;
  }

  return {
    request: async (request) =>
      response(await (request.method === 'POST' ? call(request) : discover(request))),
  };
}

async function followRedirects(request: GitHttpRequest, options: GitHttpOptions): Promise<Answer> {
  let { url } = request;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await exchange({ ...request, url }, options);
    if (answer.headers['content-type'] === 'application/x-git-upload-pack-advertisement')
      return answer;
    if (answer.status === 200)
      throw new RetryableError(
        'GitRepositoryNotFound',
        `${new URL(url).host} has no Git repository there`,
      );
    url = redirectTarget(answer);
  }
  throw new RetryableError('GitUnreachable', `${new URL(url).host} redirects in a circle`);
}

function redirectTarget(answer: Answer): string {
  const target = URL.parse(String(answer.headers.location), answer.url);
  const stays =
    target?.origin === new URL(answer.url).origin && target.username + target.password === '';
  if (!stays) throw redirectRefused(answer);
  return target.href;
}

function redirectRefused({ url, headers }: Answer): RetryableError {
  const origin = URL.parse(String(headers.location), url)?.origin ?? 'null';
  const target = origin === 'null' ? 'elsewhere' : `to ${origin}`;
  const message = `${new URL(url).host} redirects ${target}: that is not followed, the URL must be the right one`;
  return new RetryableError('GitRedirectRefused', message);
}

/** Sends one request and reads the whole answer: its status is 200 or a redirect, everything else is an error. */
async function exchange(request: GitHttpRequest, options: GitHttpOptions): Promise<Answer> {
  const { url, method = 'GET' } = request;
  const { host } = new URL(url);
  try {
    const {
      statusCode: status,
      headers,
      body,
    } = await send(url, {
      method,
      headers: { ...request.headers, ...identity(options) },
      body: request.body === undefined ? null : Buffer.concat(await Array.fromAsync(request.body)),
      signal: options.signal,
    });
    if (status === 200 || (status >= 300 && status < 400)) {
      return {
        url,
        status,
        headers,
        body: await readLimited(body, host, options.limits.answerBytes),
      };
    }
    await body.dump();
    throw statusError(
      { host, status, retryAfter: Number(headers['retry-after']) },
      options.credentials !== undefined,
    );
  } catch (error) {
    if (error instanceof RetryableError) throw error;
    throw unreachable(host, error as NodeJS.ErrnoException);
  }
}

function identity({ credentials }: GitHttpOptions): Record<string, string> {
  // Some forges answer Git only to clients whose name begins like this.
  const agent = { 'User-Agent': 'git/webapp-operator' };
  if (credentials === undefined) return agent;
  const token = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  return { ...agent, Authorization: `Basic ${token}` };
}

async function readLimited(
  body: AsyncIterable<Buffer>,
  host: string,
  limit: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit)
      throw new RetryableError(
        'GitLimitExceeded',
        `${host} sends more than ${limit} bytes at once`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unreachable(host: string, cause: NodeJS.ErrnoException): RetryableError {
  const message = `${host} could not be reached: ${cause.code ?? cause.message}`;
  return new RetryableError('GitUnreachable', message, { cause });
}

function statusError(
  { host, status, retryAfter }: { host: string; status: number; retryAfter: number },
  asked: boolean,
): RetryableError {
  switch (status) {
    case 401:
      return new RetryableError(
        'GitAuthenticationFailed',
        `${host} ${asked ? 'does not accept the credentials' : 'asks for credentials'}`,
      );
    case 403:
      return new RetryableError(
        'GitAuthenticationFailed',
        `${host} refuses access to the repository (403)`,
      );
    case 404:
    case 410:
      return new RetryableError(
        'GitRepositoryNotFound',
        `${host} has no such repository, or hides it (${status})`,
      );
    default: {
      const wait = retryAfter > 0 ? { retryAfterMs: retryAfter * 1000 } : {};
      return new RetryableError('GitUnreachable', `${host} answers ${status}`, wait);
    }
  }
}

function response({ url, status, headers, body }: Answer): GitHttpResponse {
  const contentType = String(headers['content-type']);
  return {
    url,
    statusCode: status,
    statusMessage: 'OK',
    headers: { 'content-type': contentType },
    body: (async function* () {
      yield body;
    })(),
  };
}
