import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { trimSlashes } from '../../gitops/trim-slashes.ts';
import { type ForgeAccess, type ForgeCredentials, placeOf } from './forge-api.ts';
import { refused, waitAskedFor } from './forge-error.ts';
import { forgeFetch } from './forge-fetch.ts';
import { once } from './once.ts';

/** What every request names. */
export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

export type GithubClient = InstanceType<typeof Octokit>;

/** One repository, and who asks. */
export interface Github {
  readonly client: GithubClient;
  readonly repository: Repository;
  readonly statusName: string;
  /** Whether a GitHub App asks; only Apps may write check runs. */
  readonly isApp: boolean;
  /** Id of the App where it is known. */
  readonly appId?: number;
  /** Returns the id of the account that our comments are by. */
  readonly account: () => Promise<number>;
}

/** GitHub's longest page. */
export const PAGE = 100;

/** Tokens of an App's installations begin so. */
const APP_TOKEN = 'ghs_';
/** How long to wait is for whoever calls to say where GitHub asks for it (429), and a refusal (403) stays one. */
const REFUSALS = [400, 401, 403, 404, 410, 422, 429, 451];

/** For requests that say something twice when they are sent twice: see lookThenSend. */
export const UNREPEATED = { retries: 0 } as const;

/** Returns the client; what the network or GitHub's own trouble spoils is tried twice more. */
export function githubOf(access: ForgeAccess): Github {
  const { url, credentials, statusName, apiUrl, signal } = access;
  const { origin, owner, name } = placeOf(url);
  const baseUrl =
    apiUrl ?? (origin === 'https://github.com' ? 'https://api.github.com' : `${origin}/api/v3`);
  const Client = Octokit.plugin(retry);
  const client = new Client({
    ...authOf(credentials),
    baseUrl: trimSlashes(baseUrl),
    request: { signal, retries: 2, fetch: forgeFetch(baseUrl, access) },
    retry: { doNotRetry: REFUSALS },
  });
  const isApp = credentials.kind === 'app' || credentials.token.startsWith(APP_TOKEN);
  return {
    client,
    repository: { owner, repo: name },
    statusName,
    isApp,
    ...(credentials.kind === 'app' && { appId: Number(credentials.appId) }),
    account: once(() => (isApp ? botOf(client) : userOf(client))),
  };
}

function authOf(credentials: ForgeCredentials) {
  if (credentials.kind === 'token') return { auth: credentials.token };
  const { appId, installationId, privateKey } = credentials;
  const auth = { appId, installationId: Number(installationId), privateKey };
  return { authStrategy: createAppAuth, auth };
}

async function userOf(client: GithubClient): Promise<number> {
  return Number((await ask(client.request('GET /user'))).id);
}

/** REST tells an installation nothing of itself; GraphQL does. */
async function botOf(client: GithubClient): Promise<number> {
  const query = 'query { viewer { databaseId } }';
  const data = client.graphql<{ viewer: { databaseId: number } }>(query);
  return (await ask(data.then((found) => ({ data: found })))).viewer.databaseId;
}

/** Returns the data of an answer; throws ForgeError. */
export async function ask<T>(call: Promise<{ data: T }>): Promise<T> {
  try {
    return (await call).data;
  } catch (cause) {
    const { status = 0, message = '', response } = cause as GithubRefusal;
    const headers = response?.headers ?? {};
    const isLimit = status === 403 || status === 429 || status === 503;
    const asked = isLimit && waitAskedFor((name) => headers[name]?.toString(), Date.now());
    const retryAfterMs = asked || (/rate limit/i.test(message) ? UNSAID_WAIT_MS : undefined);
    throw refused('GitHub', message, { status, cause, retryAfterMs });
  }
}

/** GitHub asks for a minute where it limits and says no time. */
const UNSAID_WAIT_MS = 60_000;

interface GithubRefusal {
  readonly status?: number;
  readonly message?: string;
  readonly response?: { readonly headers?: Readonly<Record<string, string | number | undefined>> };
}

/** Yields the items of a list, page by page, and ends after `pages` of them. */
export async function* itemsOf<T>(
  pages: number,
  page: (number: number) => Promise<readonly T[]>,
): AsyncGenerator<T> {
  for (let number = 1; number <= pages; number++) {
    const items = await page(number);
    yield* items;
    if (items.length < PAGE) return;
  }
}
