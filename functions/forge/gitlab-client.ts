import { createRequesterFn, type FormattedResponse } from '@gitbeaker/requester-utils';
import { Gitlab } from '@gitbeaker/rest';
import { trimSlashes } from '../../gitops/trim-slashes.ts';
import { type ForgeAccess, placeOf } from './forge-api.ts';
import { refused, waitAskedFor } from './forge-error.ts';
import { forgeFetch } from './forge-fetch.ts';
import { once } from './once.ts';

type Client = InstanceType<typeof Gitlab>;

/** One project, and who asks. */
export interface GitlabProject {
  readonly client: Client;
  /** Path with its groups. */
  readonly project: string;
  readonly statusName: string;
  /** Returns the id of the account that our comments are by. */
  readonly account: () => Promise<number>;
}

/** Returns the client; every request ends with the signal and throws ForgeError. */
export function gitlabOf(access: ForgeAccess): GitlabProject {
  const { url, credentials, statusName, apiUrl } = access;
  if (credentials.kind === 'app') throw new TypeError('GitLab knows no GitHub Apps');
  const { origin, owner, name } = placeOf(url);
  // The library puts the version behind by itself.
  const host = trimSlashes(apiUrl ?? origin).replace(/\/api\/v4$/, '');
  const ask = forgeFetch(host, access);
  const requesterFn = createRequesterFn(
    (_, options) => Promise.resolve(options),
    (endpoint, options) => request(endpoint, { ...options, ask }),
  );
  const client = new Gitlab({ host, token: credentials.token, queryTimeout: null, requesterFn });
  const account = once(async () => (await client.Users.showCurrentUser()).id);
  return { client, project: `${owner}/${name}`, statusName, account };
}

interface Asked extends RequestInit {
  readonly ask: typeof fetch;
  readonly prefixUrl?: string;
  readonly searchParams?: string;
}

/** The library's own handler asks again at once where GitLab asks to wait, and ends with no signal. */
async function request(endpoint: string, asked: Asked): Promise<FormattedResponse> {
  const { prefixUrl = '', searchParams = '', method, headers, body, ask } = asked;
  const url = new URL(endpoint, prefixUrl.endsWith('/') ? prefixUrl : `${prefixUrl}/`);
  url.search = searchParams;
  const content = { ...(method && { method }), ...(headers && { headers }), ...(body && { body }) };
  const response = await ask(url, content).catch((cause: Error) => {
    throw refused('GitLab', cause.message, { status: 0, cause });
  });
  const text = await response.text().catch((cause: Error) => {
    throw refused('GitLab', cause.message, { status: 0, cause });
  });
  if (!response.ok) throw refusal(response, text);
  const fields = Object.fromEntries(response.headers.entries());
  return {
    status: response.status,
    headers: fields,
    body: jsonIn(text) as FormattedResponse['body'],
  };
}

function refusal({ status, statusText, headers }: Response, text: string) {
  const { message, error } = (jsonIn(text) ?? {}) as { message?: unknown; error?: unknown };
  const said = message ?? error ?? statusText;
  const why = typeof said === 'string' ? said : JSON.stringify(said);
  const limited = status === 429 || status === 503;
  const retryAfterMs = limited ? waitAskedFor((name) => headers.get(name), Date.now()) : undefined;
  return refused('GitLab', why, { status, cause: text.slice(0, 500), retryAfterMs });
}

/** What stands before GitLab may answer with a page. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
