// The functions as Knative runs them: each alone, under the rights of its own ServiceAccount, behind a broker that sends
// events on as the chart's Triggers say. In place of ApiServerSource the relay watches, under that one's rights.
import { createHmac } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import { createLog } from '../../functions/log.ts';
import { relay } from '../../functions/relay/relay.ts';
import type { FunctionName } from '../../functions/variables.ts';
import { CHART } from '../../infra/helm/manifests.ts';
import { Installation } from '../../infra/install.ts';
import {
  type Call,
  type Entry,
  openEntry,
  TOKEN,
  WEBHOOK_SECRET,
} from '../helpers/functions-entries.ts';
import { listen } from '../helpers/listen.ts';
import { KNATIVE, NAMESPACE } from './chart.ts';
import { openPlane, type Plane } from './plane.ts';

/** Everything that runs. */
export interface SplitStage extends AsyncDisposable {
  readonly plane: Plane;
  readonly admin: Installation;
  readonly entries: Readonly<Record<FunctionName, Entry>>;
  /** While it is deaf the broker loses what it is sent; `lost` is of what kinds and names. */
  readonly broker: { isDeaf: boolean; readonly lost: string[] };
}

const ALONE = ['webapps', 'sources', 'pushes', 'reviews', 'tick'] as const;

/** Installs the chart in mode knative and starts the functions. */
export async function openSplit(): Promise<SplitStage> {
  const plane = await openPlane({ audit: true });
  await plane.helm(
    ['install', 'webapp-operator', CHART, '--create-namespace', '--values', '-'],
    KNATIVE,
  );
  const as = async (account: string) => {
    const token = await plane.kubectl(['-n', NAMESPACE, 'create', 'token', account]);
    const config = new KubeConfig();
    config.loadFromString(plane.cluster.kubeconfigFor(token.trim(), account));
    return config;
  };
  const entries = {} as Record<FunctionName, Entry>;
  const broker = { isDeaf: false, lost: [] as string[] };
  const server = await listen(async (request, response) => {
    const body = await buffer(request);
    const { 'ce-kind': kind, 'ce-name': name } = request.headers;
    if (broker.isDeaf) broker.lost.push(`${kind} ${name}`);
    if (broker.isDeaf || kind === undefined) return response.writeHead(202).end();
    const taker = kind === 'WebAppSource' ? entries.sources : entries.webapps;
    const headers = request.headers as Record<string, string>;
    const event = { path: '/events', headers: attributes(headers), body };
    // In the end the relay tells of something while the functions are closed.
    const { status } = await taker.send(event).catch(() => ({ status: 503 }));
    response.writeHead(status).end();
  });
  for (const name of ALONE) {
    const sink = name === 'tick' ? { EVENT_SINK: server.url } : {};
    const FUNCTIONS = name === 'reviews' ? 'reviews,tick' : name;
    entries[name] = await openEntry('container', await as(`webapp-${name}`), {
      FUNCTIONS,
      ...sink,
    });
  }
  const end = new AbortController();
  const relaying = relay(
    {
      ...{ kubeConfig: await as('webapp-events'), sinkUrl: server.url, token: TOKEN },
      ...{ lease: { namespace: NAMESPACE, name: 'none' }, election: undefined },
      ...{ tickMs: 3_600_000, timeoutMs: 25_000, log: createLog('silent') },
    },
    end.signal,
  );
  const config = new KubeConfig();
  config.loadFromFile(plane.cluster.kubeconfig);
  const admin = new Installation(config);
  return {
    ...{ plane, admin, entries, broker },
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await relaying;
      await Promise.all(Object.values(entries).map((entry) => entry[Symbol.asyncDispose]()));
      server[Symbol.dispose]();
      await admin.close();
      await plane[Symbol.asyncDispose]();
    },
  };
}

/** Headers of the connection are not those of the event. */
function attributes(headers: Record<string, string>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) =>
    /^(ce-|content-type$|authorization$)/.test(name),
  );
  return Object.fromEntries(kept);
}

/** The webhook of a pull request, as GitHub sends it. */
export function pullRequest(url: string, number: number): Call {
  const event = { action: 'synchronize', number, repository: { clone_url: url } };
  const body = JSON.stringify(event);
  const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
  const signed = { 'x-hub-signature-256': `sha256=${signature}` };
  return {
    path: '/webhooks/github',
    headers: { 'x-github-event': 'pull_request', ...signed },
    body,
  };
}
