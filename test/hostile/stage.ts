// The functions behind HTTP under an identity of their own, so that the audit log tells what they alone asked; a
// namespace, repositories on a real Git server, and all that was logged.
import { randomBytes } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import type { ExecutionContext } from 'ava';
import { request } from 'undici';
import { createApp } from '../../functions/app.ts';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { startTracing } from '../../functions/telemetry/start-tracing.ts';
import { EVENT, type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import { FUNCTION_ROLES } from '../../infra/install.ts';
import { type AuditedRequest, requestsOf } from '../helpers/audit.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { type Call, eventAbout, TOKEN, WEBHOOK_SECRET } from '../helpers/functions-entries.ts';
import { listen } from '../helpers/listen.ts';
import { SERVICE_ACCOUNT } from '../helpers/rbac-kinds.ts';
import { grant } from '../helpers/rights.ts';

/** An answer as it came, whatever its body is. */
export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** The functions, and questions to the cluster about one namespace. */
export interface Stage extends Disposable {
  readonly url: string;
  readonly cluster: TestCluster;
  readonly namespace: string;
  send(call: Call): Promise<Answered>;
  /** Makes a source named apps and has it synced by an event; returns it as it is then. */
  follow(url: string, spec?: object): Promise<WebAppSource>;
  /** Sends an event about an object of the namespace. */
  tell(kind: string, name: string): Promise<Answered>;
  get(kind: Kind, name: string): Promise<KubeObject | undefined>;
  /** The names of the WebApps. */
  webapps(): Promise<string[]>;
  /** All that the functions have logged, and what an administrator reads of the source. */
  told(): Promise<string>;
  /** What these functions have asked of the API server so far. */
  asked(): Promise<AuditedRequest[]>;
}

/** Opens a stage in a namespace of its own. `environment` overrides the settings of tests. */
export async function hostileStage(
  environment: Readonly<Record<string, string>> = {},
): Promise<Stage> {
  const cluster = await testCluster();
  const namespace = await freshNamespace(cluster);
  const { kubeConfig, username } = await identity(cluster, namespace);
  const lines: string[] = [];
  const config = readConfig({
    EVENT_TOKEN: TOKEN,
    WEBHOOK_SECRET,
    GIT_HOSTS: '127.0.0.1',
    LOG_LEVEL: 'trace',
    ...environment,
  });
  const log = createLog(config.logLevel, { write: (line) => void lines.push(line) });
  const context = createContext(config, kubeConfig, log);
  await startTracing(context);
  const server = await listen(createApp(context));
  const { admin } = cluster;
  const send: Stage['send'] = async ({ method = 'POST', path, headers = {}, body = null }) => {
    const options = { method, headers, body, reset: true };
    const answer = await request(`${server.url}${path}`, options);
    return { status: answer.statusCode, text: await answer.body.text() };
  };
  const tell: Stage['tell'] = (kind, name) => send(eventAbout(kind, { namespace, name }));
  const get: Stage['get'] = (kind, name) => admin.cluster.get(kind, { namespace, name });
  const source = async () => (await get(WEBAPP_SOURCE, 'apps')) as WebAppSource;
  return {
    ...{ url: server.url, cluster, namespace, send, tell, get },
    async follow(url, spec = {}) {
      await makeSource(cluster, { namespace, name: 'apps' }, { url, ...spec });
      await tell('WebAppSource', 'apps');
      return source();
    },
    async webapps() {
      const { items } = await admin.cluster.list(WEBAPP, { namespace });
      return items.map(({ metadata }) => metadata.name);
    },
    async told() {
      const { items } = await admin.cluster.list(EVENT, { namespace });
      const metrics = await send({ method: 'GET', path: '/metrics' });
      const status = (await source())?.status;
      return [...lines, JSON.stringify(status), JSON.stringify(items), metrics.text].join('\n');
    },
    asked: () => requestsOf(cluster.auditLog, username),
    [Symbol.dispose]: () => server[Symbol.dispose](),
  };
}

/** Opens a stage that ends with the test. */
export async function openStage(
  t: ExecutionContext,
  environment?: Readonly<Record<string, string>>,
): Promise<Stage> {
  const stage = await hostileStage(environment);
  t.teardown(() => stage[Symbol.dispose]());
  return stage;
}

/** Makes a WebAppSource as a person does. */
export function makeSource(
  { admin }: TestCluster,
  metadata: { namespace: string; name: string },
  spec: object,
): Promise<KubeObject> {
  const { apiVersion, kind } = WEBAPP_SOURCE;
  return admin.cluster.create(WEBAPP_SOURCE, { apiVersion, kind, metadata, spec });
}

/** A ServiceAccount with the rights of the functions, and those to Secrets in its namespace. */
async function identity({ admin, kubeconfigText }: TestCluster, namespace: string) {
  const name = `functions-${randomBytes(4).toString('hex')}`;
  const { apiVersion, kind } = SERVICE_ACCOUNT;
  await admin.cluster.create(SERVICE_ACCOUNT, { apiVersion, kind, metadata: { name, namespace } });
  const to = { namespace, name };
  for (const role of FUNCTION_ROLES) await grant(admin, { role, to });
  await grant(admin, { role: 'webapp-source-secrets', to, namespace });
  const token = await admin.tokenOf(to);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(kubeconfigText(token));
  return { kubeConfig, username: `system:serviceaccount:${namespace}:${name}` };
}

/** Returns the Ready condition of a source as "status reason: message". */
export function ready({ status }: WebAppSource): string {
  const condition = status.conditions?.find(({ type }) => type === 'Ready');
  return `${condition?.status} ${condition?.reason}: ${condition?.message}`;
}

/** The statuses of calls, each once, and how often the API server was asked meanwhile. */
export async function unheard(
  stage: Stage,
  calls: readonly Call[],
): Promise<{ statuses: number[]; asked: number }> {
  const before = (await stage.asked()).length;
  const answers = await Promise.all(calls.map((call) => stage.send(call)));
  const asked = (await stage.asked()).length - before;
  return { statuses: [...new Set(answers.map(({ status }) => status))], asked };
}
