// The ways to call the functions: over HTTP as in a container, and as AWS Lambda calls them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Context as Invocation } from 'aws-lambda';
import { request } from 'undici';
import { createApp } from '../../functions/app.ts';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { listen } from './listen.ts';

/** An HTTP request to the functions. */
export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** The answer to it; the body is JSON, or an empty object where there is none. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A way in that is open. */
export interface Entry extends AsyncDisposable {
  send(call: Call): Promise<Answered>;
}

export type EntryName = 'container' | 'Lambda' | 'Lambda, base64';
export const ENTRIES: readonly EntryName[] = ['container', 'Lambda', 'Lambda, base64'];

export const TOKEN = 'event-token-of-the-tests';
export const WEBHOOK_SECRET = 'webhook-secret-of-the-tests';
const ENVIRONMENT = {
  EVENT_TOKEN: TOKEN,
  WEBHOOK_SECRET,
  LOG_LEVEL: 'silent',
  GIT_HOSTS: '127.0.0.1',
};

/** Starts the functions with these credentials behind one of the entries. */
export function openEntry(
  name: EntryName,
  kubeConfig: KubeConfig,
  environment: Readonly<Record<string, string>> = {},
): Promise<Entry> {
  const all = { ...ENVIRONMENT, ...environment };
  return name === 'container'
    ? openContainer(kubeConfig, all)
    : openLambda(kubeConfig, all, name === 'Lambda, base64');
}

async function openContainer(
  kubeConfig: KubeConfig,
  environment: Record<string, string>,
): Promise<Entry> {
  const config = readConfig(environment);
  const app = createApp(createContext(config, kubeConfig, createLog(config.logLevel)));
  const server = await listen(app);
  const dispose = async () => server[Symbol.dispose]();
  return { send: overHttp(server.url), [Symbol.asyncDispose]: dispose };
}

/** Returns how calls are sent to the server at this address, each by a connection that no earlier call has left behind. */
export function overHttp(url: string): Entry['send'] {
  return async ({ method = 'POST', path, headers = {}, body = null }) => {
    const answer = await request(url + path, { method, headers, body, reset: true });
    const own = answer.headers as Answered['headers'];
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: own, body: JSON.parse(text || '{}') };
  };
}

type Lambda = typeof import('../../functions/lambda.ts');
let instances = 0;

/** Loads an instance of the Lambda of its own, started in this environment. */
export async function loadLambda(
  kubeConfig: KubeConfig,
  environment: Readonly<Record<string, string>> = {},
): Promise<Lambda> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-lambda-'));
  const KUBECONFIG = join(folder, 'kubeconfig');
  await writeFile(KUBECONFIG, kubeConfig.exportConfig());
  Object.assign(process.env, ENVIRONMENT, environment, { KUBECONFIG });
  const lambda = (await import(`../../functions/lambda.ts?instance=${instances++}`)) as Lambda;
  // It reads its environment at the first call.
  await lambda.http(eventOf({ method: 'GET', path: '/healthz' }, false), {} as Invocation);
  await rm(folder, { recursive: true });
  return lambda;
}

async function openLambda(
  kubeConfig: KubeConfig,
  environment: Record<string, string>,
  base64: boolean,
): Promise<Entry> {
  const lambda = await loadLambda(kubeConfig, environment);
  return {
    send: async (call) => {
      const answer = await lambda.http(eventOf(call, base64), {} as Invocation);
      const { statusCode, headers, body } = answer as {
        statusCode: number;
        headers: Record<string, string>;
        body: string;
      };
      return { status: statusCode, headers, body: JSON.parse(body || '{}') };
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Returns a call as API Gateway (payload 2.0) tells of it. */
export function eventOf(
  { method = 'POST', path, headers = {}, body }: Call,
  base64: boolean,
): object {
  const lower = Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]);
  const content = body === undefined ? undefined : Buffer.from(body);
  const length = content && { 'content-length': String(content.length) };
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    headers: { ...Object.fromEntries(lower), ...length },
    requestContext: { http: { method, path, sourceIp: '127.0.0.1' } },
    ...(content && { body: content.toString(base64 ? 'base64' : 'utf8') }),
    isBase64Encoded: base64,
  };
}

/** Returns the headers and body of an event, in binary mode with a reference as Knative sends it. */
export function eventAbout(
  kind: string,
  { namespace, name }: { namespace: string; name: string },
): Call {
  const apiVersion = kind.startsWith('WebApp') ? 'example.com/v1' : 'v1';
  return {
    path: '/events',
    headers: {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': crypto.randomUUID(),
      'ce-type': 'dev.knative.apiserver.ref.update',
      'ce-source': 'https://kubernetes.default.svc',
    },
    body: JSON.stringify({ apiVersion, kind, namespace, name }),
  };
}
