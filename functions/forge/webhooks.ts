// What each Git server's webhooks look like, and how they prove where they come from.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { trimSlashes } from '../../gitops/trim-slashes.ts';

/** A push that a webhook tells of. It is a hint to look, never the truth. */
export interface Push {
  /** Addresses the repository may be known by. */
  readonly urls: readonly string[];
  readonly branches: readonly string[];
}

/** A pull request that a webhook tells of; what it is now is asked of the forge. */
export interface PullRequestHint {
  readonly urls: readonly string[];
  readonly number: number;
}

/** Whose sources a webhook may touch: those of one namespace, or all. */
export interface Within {
  readonly namespace?: string | undefined;
}

/** One webhook as it came in; the signature is over the raw body. */
export interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** How one kind of Git server speaks. */
export interface Forge {
  /** Header with an id of the delivery alone, which stays the same when it is repeated. */
  readonly deliveryHeader: string;
  /** It sends nothing again, and after some failures no more at all. */
  readonly switchesOff?: boolean;
  isSigned(delivery: Delivery, secret: string, now: number): boolean;
  /** Returns the push, or undefined for an event of another kind. Fields may be missing in a hostile body. */
  pushIn(headers: IncomingHttpHeaders, body: Json): Push | undefined;
  /** Returns the pull request whose commits or state may have changed; undefined for any other event. */
  pullRequestIn?(headers: IncomingHttpHeaders, body: Json): PullRequestHint | undefined;
}

/** A parsed JSON body whose shape nobody has vouched for. */
export type Json = { readonly [key: string]: Json | undefined } & string;

const SIGNATURE_AGE_MS = 5 * 60_000;

const hmac = (secret: string, content: Buffer | string) =>
  createHmac('sha256', secret).update(content).digest();

/** Compares in a time that depends on the lengths alone. */
function same(given: Buffer, wanted: Buffer): boolean {
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function hexSignature(header: string, prefix: string): Forge['isSigned'] {
  return ({ headers, body }, secret) => {
    const value = String(headers[header] ?? '');
    const digits = value.startsWith(prefix) ? value.slice(prefix.length) : '';
    return /^[0-9a-f]{64}$/i.test(digits) && same(Buffer.from(digits, 'hex'), hmac(secret, body));
  };
}

function branchOf(ref: Json | undefined): string[] {
  const name = typeof ref === 'string' && ref.startsWith('refs/heads/') ? ref.slice(11) : '';
  return name === '' ? [] : [name];
}

function pushOf(ref: Json | undefined, ...urls: (Json | undefined)[]): Push {
  return { branches: branchOf(ref), urls: urls.filter((url) => typeof url === 'string') };
}

/** Labels, assignees and words change no verdict. */
const ACTIONS: ReadonlySet<unknown> = new Set([
  ...['opened', 'reopened', 'synchronize', 'synchronized', 'ready_for_review', 'edited', 'closed'],
  ...['open', 'reopen', 'update', 'merge', 'close'],
]);

/** Stands for whatever has a pull request looked at again. */
const EDITED = 'edited';

function pullRequestOf(
  action: unknown,
  number: unknown,
  url: Json | undefined,
): PullRequestHint | undefined {
  if (!ACTIONS.has(action) || !Number.isSafeInteger(number) || typeof url !== 'string')
    return undefined;
  return { urls: [url], number: number as number };
}

/** People of the repository may ask for a review by a comment that says this; some of them may only read. */
const RECHECK = '/recheck';
const TRUSTED: ReadonlySet<unknown> = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

function githubPullRequest(event: unknown, body: Json): PullRequestHint | undefined {
  const { action, number, repository } = body;
  const url = repository?.clone_url;
  if (event === 'pull_request') return pullRequestOf(action, number, url);
  if (event === 'issue_comment') return pullRequestOf(EDITED, askedBy(body), url);
  if ((event !== 'check_run' && event !== 'check_suite') || action !== 'rerequested')
    return undefined;
  const pulls: unknown = body[event]?.pull_requests;
  const [first] = Array.isArray(pulls) ? (pulls as (Json | null)[]) : [];
  return pullRequestOf(EDITED, first?.number, url);
}

/** Returns the number of the pull request that a comment asks to be reviewed again. */
function askedBy({ action, issue, comment }: Json): unknown {
  const said: unknown = comment?.body;
  if (action !== 'created' || !issue?.pull_request || typeof said !== 'string') return undefined;
  const isAsked = said.trim() === RECHECK && TRUSTED.has(comment?.author_association);
  return isAsked ? issue.number : undefined;
}

/** GitLab sends the secret itself, or, with a signing token, a signature over id, time and body. */
const gitlabSigned: Forge['isSigned'] = ({ headers, body }, secret, now) => {
  const signature = headers['webhook-signature'];
  if (typeof signature !== 'string') {
    // Hashing first makes the lengths equal, so that not even the length is told.
    return same(hmac('', String(headers['x-gitlab-token'] ?? '')), hmac('', secret));
  }
  const time = Number(headers['webhook-timestamp']) * 1_000;
  if (!(Math.abs(now - time) <= SIGNATURE_AGE_MS)) return false;
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body.toString('utf8')}`;
  const wanted = hmac(secret, signed);
  return signature.split(' ').some((one) => {
    return one.startsWith('v1,') && same(Buffer.from(one.slice(3), 'base64'), wanted);
  });
};

/** The Git servers that are understood, by the last part of the webhook's path. */
export const FORGES: Readonly<Record<string, Forge>> = {
  github: {
    deliveryHeader: 'x-github-delivery',
    isSigned: hexSignature('x-hub-signature-256', 'sha256='),
    pushIn: (headers, { ref, repository }) =>
      headers['x-github-event'] === 'push' ? pushOf(ref, repository?.clone_url) : undefined,
    pullRequestIn: (headers, body) => githubPullRequest(headers['x-github-event'], body),
  },
  gitea: {
    deliveryHeader: 'x-gitea-delivery',
    isSigned: hexSignature('x-gitea-signature', ''),
    pushIn: (headers, { ref, repository }) =>
      headers['x-gitea-event'] === 'push' ? pushOf(ref, repository?.clone_url) : undefined,
    pullRequestIn: (headers, { action, number, repository }) =>
      headers['x-gitea-event'] === 'pull_request'
        ? pullRequestOf(action, number, repository?.clone_url)
        : undefined,
  },
  gitlab: {
    // What a webhook brings about in GitLab is sent under that event's X-Gitlab-Event-UUID, so that one id may stand for
    // several pushes. Before 17.4 there is no key, and the body tells them apart.
    deliveryHeader: 'idempotency-key',
    switchesOff: true,
    isSigned: gitlabSigned,
    pushIn: (headers, { ref, project }) =>
      headers['x-gitlab-event'] === 'Push Hook' ? pushOf(ref, project?.git_http_url) : undefined,
    pullRequestIn: (headers, { object_attributes: request, project }) =>
      headers['x-gitlab-event'] === 'Merge Request Hook'
        ? pullRequestOf(request?.action, request?.iid, project?.git_http_url)
        : undefined,
  },
  bitbucket: {
    deliveryHeader: 'x-request-uuid',
    isSigned: hexSignature('x-hub-signature', 'sha256='),
    pushIn: (headers, { push, repository }) => {
      if (headers['x-event-key'] !== 'repo:push') return undefined;
      const changes: unknown = push?.changes;
      const names = (Array.isArray(changes) ? (changes as Json[]) : []).map((change) =>
        change?.new?.type === 'branch' ? change.new.name : undefined,
      );
      return {
        urls: [repository?.links?.html?.href].filter((url) => typeof url === 'string'),
        branches: names.filter((name) => typeof name === 'string'),
      };
    },
  },
  plain: {
    deliveryHeader: 'x-webapp-delivery',
    isSigned: hexSignature('x-webapp-signature', 'sha256='),
    pushIn: (_headers, { ref, url }) => pushOf(ref, url),
  },
};

/** Returns a test for addresses of the same repository; what is no address is the same as none. */
export function sameRepository(urls: readonly string[]): (url: string) => boolean {
  const known = new Set(urls.map(normalizeUrl));
  return (url) => {
    const own = normalizeUrl(url);
    return own !== undefined && known.has(own);
  };
}

/** Returns an address in a form that is equal for all ways of writing it, or undefined when it is none. */
export function normalizeUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { host, pathname } = new URL(text);
  return `${host}${trimSlashes(pathname).replace(/\.git$/, '')}`;
}
