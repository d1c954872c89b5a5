// The HTTP client that isomorphic-git is given. Its own ends by no signal, reads without bound and follows
// any redirect.
import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import { PermanentError, RetryableError } from '../errors.ts';
import { trimSlashes } from '../trim-slashes.ts';
import { type Answer, exchange, type GitHttpOptions } from './git-exchange.ts';
import { BYTES_PER_OBJECT } from './git-limits.ts';
import { checkPack } from './git-pack-check.ts';

const MAX_REDIRECTS = 3;
const LIST = 'application/x-git-upload-pack-advertisement';

/** Returns the URL in the form the client needs. Fails permanently if it is not plain http(s), without naming it. */
export function repositoryUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null) throw refused('is not a URL');
  if (!['http:', 'https:'].includes(url.protocol))
    throw refused('must begin with http:// or https://');
  if (url.username + url.password !== '')
    throw refused('must not contain a user name or password: they belong in a Secret');
  if (url.search + url.hash !== '') throw refused('must not contain ? or #');
  return url.origin + trimSlashes(url.pathname);
}

function refused(why: string): PermanentError {
  return new PermanentError('InvalidSource', `the URL of the repository ${why}`);
}

/**
 * Returns a client for one operation on one repository: it asks for the list of branches once. Credentials go
 * to the origin of the URL alone. Its errors have a reason and are retryable.
 */
export function createGitHttp(options: GitHttpOptions): HttpClient {
  let list: Promise<Answer> | undefined;

  /** Goes where the list of branches came from, for a renamed repository has moved as a whole. */
  async function call(request: GitHttpRequest): Promise<Answer> {
    const { origin, pathname } = new URL((await list)?.url ?? `${options.url}/info/refs`);
    const base = origin + pathname.replace(/\/info\/refs$/, '');
    const url = base + request.url.slice(options.url.length);
    const answer = await exchange({ ...request, url }, options);
    if (answer.status !== 200) throw redirectRefused(answer);
    const { limits, signal, held } = options;
    const objects = await checkPack(answer.body, limits, signal);
    held.grow(answer.body.length + objects * BYTES_PER_OBJECT);
    return answer;
  }

  return {
    async request(request) {
      if (request.method === 'POST') return response(await call(request));
      list ??= kept(followRedirects(request, options), options);
      return response(await list);
    },
  };
}

/** Later fetches of the operation ask for it again. */
async function kept(list: Promise<Answer>, { held }: GitHttpOptions): Promise<Answer> {
  const answer = await list;
  held.grow(answer.body.length);
  return answer;
}

async function followRedirects(request: GitHttpRequest, options: GitHttpOptions): Promise<Answer> {
  let { url } = request;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await exchange({ ...request, url }, options);
    if (answer.status === 200) return checkList(answer);
    url = redirectTarget(answer);
  }
  throw new RetryableError('GitUnreachable', `${new URL(url).host} redirects in a circle`);
}

function checkList(answer: Answer): Answer {
  if (answer.headers['content-type'] === LIST) return answer;
  const message = `${new URL(answer.url).host} has no Git repository there`;
  throw new RetryableError('GitRepositoryNotFound', message);
}

function redirectTarget(answer: Answer): string {
  const target = URL.parse(String(answer.headers.location), answer.url);
  const stays = target?.origin === new URL(answer.url).origin;
  if (!stays || target.username + target.password !== '') throw redirectRefused(answer);
  return target.href;
}

function redirectRefused({ url, headers }: Answer): RetryableError {
  const origin = URL.parse(String(headers.location), url)?.origin ?? 'null';
  const target = origin === 'null' ? 'elsewhere' : `to ${origin}`;
  const message = `${new URL(url).host} redirects ${target}: that is not followed, the URL must be the right one`;
  return new RetryableError('GitRedirectRefused', message);
}

function response({ url, headers, body }: Answer): GitHttpResponse {
  return gitResponse(url, { type: String(headers['content-type']), body });
}

/** Returns an answer of status 200 in the form of isomorphic-git: by default, one that lists branches. */
export function gitResponse(
  url: string,
  { type = LIST, body }: { type?: string; body: Buffer },
): GitHttpResponse {
  const chunks = async function* () {
    yield body;
  };
  return {
    url,
    statusCode: 200,
    statusMessage: 'OK',
    headers: { 'content-type': type },
    body: chunks(),
  };
}
