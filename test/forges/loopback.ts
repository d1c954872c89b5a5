// What the stand-ins for forges have in common. They keep to what their APIs document; where a rule of those decides
// what our clients must do, it is enforced.
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { listen } from '../helpers/listen.ts';

/** A request as a handler sees it. */
export interface Asked {
  readonly method: string;
  /** Decoded parts that the route's pattern captured. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  readonly token: string;
  /** Address up to the question mark. */
  readonly address: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Method and pattern of the path, and what answers there. */
export type Route = readonly [method: string, pattern: RegExp, answer: (asked: Asked) => Answer];

/**
 * A stand-in that listens; `interfere` may answer in place of it, to play trouble. `drop` is asked once a request has been
 * carried out: where it says so, the connection is cut and the answer is lost.
 */
export interface Loopback extends Disposable {
  readonly url: string;
  /** Method and path of every request so far. */
  readonly asked: string[];
  interfere: (asked: Asked) => Answer | undefined | Promise<Answer | undefined>;
  drop: (asked: Asked) => boolean;
}

/** Starts a stand-in with these routes. */
export async function startLoopback(routes: readonly Route[]): Promise<Loopback> {
  const asked: string[] = [];
  const server = await listen(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://forge');
    asked.push(`${request.method} ${pathname}`);
    const question = await questionOf(request, server.url);
    const played = await loopback.interfere(question);
    const answer = played ?? answerTo(question, routes);
    if (loopback.drop(question)) return void response.destroy();
    const { status = 200, headers = {}, body = null } = answer;
    const content = status === 204 ? '' : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(content);
  });
  const loopback: Loopback = {
    url: server.url,
    asked,
    interfere: () => undefined,
    drop: () => false,
    [Symbol.dispose]: () => server[Symbol.dispose](),
  };
  return loopback;
}

/** Its one part is the whole path. */
async function questionOf(request: IncomingMessage, origin: string): Promise<Asked> {
  const { method = 'GET', headers, url = '/' } = request;
  const { pathname, searchParams: query } = new URL(url, origin);
  const content = method === 'GET' ? {} : await json(request).catch(() => ({}));
  const body = content as Record<string, unknown>;
  const token = String(headers['private-token'] ?? headers.authorization);
  const bare = token.replace(/^(bearer|token) /i, '');
  return { method, query, body, token: bare, address: origin + pathname, parts: [pathname] };
}

function answerTo(asked: Asked, routes: readonly Route[]): Answer {
  for (const [method, pattern, answer] of routes) {
    const [whole, ...parts] = pattern.exec(asked.parts[0] ?? '') ?? [];
    if (method !== asked.method || whole === undefined) continue;
    try {
      return answer({ ...asked, parts: parts.map((part) => decodeURIComponent(part)) });
    } catch (error) {
      return { status: 500, body: { message: String(error) } };
    }
  }
  return { status: 404, body: { message: 'Not Found' } };
}

export const MISSING: Answer = { status: 404, body: { message: 'Not Found' } };

/** GitHub's answer to what it understands and does not take. */
export const invalid = (message: string): Answer => ({ status: 422, body: { message } });

/** Returns a page of a list, and the Link to the next one, as GitHub and GitLab give it. */
export function page(items: readonly unknown[], { query, address }: Asked): Answer {
  const size = Math.min(100, Number(query.get('per_page') ?? 30));
  const number = Number(query.get('page') ?? 1);
  const rest = items.length > number * size;
  const next = new URLSearchParams(query);
  next.set('page', String(number + 1));
  return {
    body: items.slice((number - 1) * size, number * size),
    ...(rest && { headers: { link: `<${address}?${next}>; rel="next"` } }),
  };
}

/** A pull request as the tests make it; what the forges tell of it follows from that. */
export interface Pull {
  readonly number: number;
  head: string;
  base: string;
  mergeBase: string;
  state: 'open' | 'closed' | 'merged';
  /** From another repository. */
  fork?: boolean;
  mergedAs?: string;
  mergedAt?: string;
  /** Unified diffs by path, from the first hunk on. */
  patches: Readonly<Record<string, string>>;
}

/** Whether a line of the new side stands in a unified diff. */
export function isInDiff(patch: string | undefined, line: number): boolean {
  const hunks = (patch ?? '').matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm);
  return [...hunks].some(([, start, length = '1']) => {
    return line >= Number(start) && line < Number(start) + Number(length);
  });
}
