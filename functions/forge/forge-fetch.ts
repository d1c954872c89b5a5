// How forges are asked. A token goes nowhere but to the origin that was named, and no answer fills the memory.
import { fetch as undiciFetch } from 'undici';
import { sha256 } from '../../gitops/io/digest.ts';
import type { Reach } from '../../gitops/io/reach.ts';
import type { ForgeAccess } from './forge-api.ts';
import { waitAskedFor } from './forge-error.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_REDIRECTS = 3;

/** The statuses by which forges ask to wait: GitHub by a refusal, too. */
const LIMITS: ReadonlySet<number> = new Set([403, 429, 503]);

type Asking = Pick<ForgeAccess, 'signal' | 'reach' | 'credentials' | 'waits'>;

/** The statuses of HTTP that send somebody elsewhere; the last two have any method repeated as it is. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const REPEATING: ReadonlySet<number> = new Set([307, 308]);

/**
 * Returns a `fetch` that ends with the signal, follows redirects inside the API's origin alone (a token may stand in a
 * header that `fetch` would carry anywhere) and takes at most 16 MiB of an answer. As long as the forge has asked this
 * account to wait, it is not asked, and its answer is given again. Throws TypeError, as `fetch` does.
 */
export function forgeFetch(
  apiUrl: string,
  { signal, reach, credentials, waits }: Asking,
): typeof fetch {
  const { origin } = new URL(apiUrl);
  const account = sha256(JSON.stringify([origin, credentials]));
  // An App's own key is never sent, and an installation's token has to be read from an answer.
  const secret = credentials.kind === 'token' ? credentials.token : '';
  return async (input, init = {}) => {
    const instead = waits.answer(account);
    if (instead) return instead;
    const signals = init.signal ? [signal, init.signal] : [signal];
    const asked = { ...init, redirect: 'manual', signal: AbortSignal.any(signals) } as const;
    const url = new URL(input instanceof Request ? input.url : input);
    const response = await follow(url, { asked, origin, reach, secret, left: MAX_REDIRECTS });
    const waitMs = LIMITS.has(response.status) && waitIn(response);
    if (waitMs) waits.note(account, waitMs);
    return response;
  };
}

function waitIn({ headers }: Response): number | undefined {
  return waitAskedFor((name) => headers.get(name), Date.now());
}

interface Way {
  readonly asked: RequestInit;
  readonly origin: string;
  readonly reach: Reach;
  readonly secret: string;
  readonly left: number;
}

async function follow(url: URL, way: Way): Promise<Response> {
  const { asked, origin, left, reach, secret } = way;
  if (url.origin !== origin) throw new TypeError(`it sends elsewhere (${url.origin}): ${ADVICE}`);
  reach.demand(url.href);
  const response = await ask(url, { ...asked, dispatcher: reach.dispatcher });
  if (!REDIRECTS.has(response.status)) return whole(response, secret);
  await response.body?.cancel();
  if (left === 0 || !isRepeated(response, asked.method))
    throw new TypeError(`it sends elsewhere (${response.status}): ${ADVICE}`);
  const next = new URL(response.headers.get('location') ?? '', url);
  return follow(next, { ...way, left: left - 1 });
}

const ADVICE = 'that is not followed; correct spec.url or spec.review.apiURL';

/** The `fetch` of the package, since that of Node takes no dispatcher of another version. */
const ask = undiciFetch as unknown as (
  url: URL,
  init: Omit<RequestInit, 'dispatcher'> & Pick<Reach, 'dispatcher'>,
) => Promise<Response>;

/** Elsewhere another method could be meant than the one that was asked. */
function isRepeated({ status }: Response, method = 'GET'): boolean {
  return method === 'GET' || REPEATING.has(status);
}

/**
 * The libraries take a body that breaks off for an empty one, so it is read here. A server that repeats what it was told
 * must not have us tell the secret to everybody.
 */
async function whole(response: Response, secret: string): Promise<Response> {
  const { status, statusText, headers, body } = response;
  if (body === null) return response;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new TypeError(`an answer of more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  const text = await new Blob(chunks).text();
  const shown = secret === '' ? text : text.replaceAll(secret, '[hidden]');
  return new Response(shown, { status, statusText, headers });
}
