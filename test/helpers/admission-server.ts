// Admission as a process of its own would serve it, under the rights that are shipped, on loopback.
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';
import { loadAll } from 'js-yaml';
import { createApp } from '../../functions/app.ts';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { createAdmissionServer } from '../../functions/serve-admission.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { SERVICE_ACCOUNTS } from '../../infra/install.ts';
import { makeCertificate } from './certificate.ts';
import type { TestCluster } from './control-plane.ts';
import { listen } from './listen.ts';
import { WEBHOOKS } from './webhooks.ts';

/** Admission that listens. */
export interface AdmissionServer extends AsyncDisposable {
  readonly url: string;
  /** PEM of the certificates that it shows, now and after renew(). */
  readonly ca: string;
  /** Replaces the certificate's files and ends the connections that were made with the last one. */
  renew(): Promise<void>;
  /** Returns the common name of the certificate that a new connection is shown. */
  shown(): Promise<string>;
  /** Returns what it has counted, as "gate verdict count" of those that are not 0. */
  counted(): Promise<string[]>;
}

/** Starts it; disposing stops it. */
export async function startAdmission(cluster: TestCluster): Promise<AdmissionServer> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-admission-'));
  const [TLS_CERT_FILE, TLS_KEY_FILE] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  const [first, second] = [makeCertificate('first'), makeCertificate('second')];
  const write = async ({ cert, key }: typeof first) => {
    await writeFile(TLS_KEY_FILE, key);
    await writeFile(TLS_CERT_FILE, cert);
  };
  await write(first);
  const config = readConfig({ FUNCTIONS: 'admission,metrics', TLS_CERT_FILE, TLS_KEY_FILE });
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(
    cluster.kubeconfigText(await cluster.admin.tokenFor(SERVICE_ACCOUNTS.admission)),
  );
  const context = createContext(config, kubeConfig, createLog('silent'));
  const { server, problem } = await createAdmissionServer(context);
  const plain = await listen(createApp(context, problem));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    shown: () => shownAt(port),
    counted: async () => countedIn(await (await fetch(`${plain.url}/metrics`)).text()),
    url: `https://127.0.0.1:${port}/admission`,
    ca: first.cert + second.cert,
    renew: async () => {
      await write(second);
      server.closeIdleConnections();
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      plain[Symbol.dispose]();
      await rm(folder, { recursive: true });
    },
  };
}

function countedIn(text: string): string[] {
  const sample = /^webapp_policy_verdicts_total\{gate="(\w+)",verdict="(\w+)"\} (\d+)$/gm;
  return [...text.matchAll(sample)]
    .filter(([, , , count]) => count !== '0')
    .map(([, gate, verdict, count]) => `${gate} ${verdict} ${count}`);
}

/** Returns the common name of the certificate that a new connection to the port is shown. */
export async function shownAt(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

interface Webhook {
  readonly namespaceSelector: { readonly matchLabels: object };
}

/** Returns the shipped configuration, for one namespace only and calling the server by its address. */
export async function webhookFor(
  namespace: string,
  { url, ca }: AdmissionServer,
  changes: object = {},
): Promise<KubeObject> {
  const file = join(import.meta.dirname, '../../infra/admission/admission.yaml');
  const objects = loadAll(await readFile(file, 'utf8')) as KubeObject[];
  const shipped = objects.find(({ kind }) => kind === WEBHOOKS.kind) as KubeObject;
  const clientConfig = { url, caBundle: Buffer.from(ca).toString('base64') };
  const webhooks = (shipped.webhooks as Webhook[]).map(({ namespaceSelector, ...webhook }) => {
    const matchLabels = {
      ...namespaceSelector.matchLabels,
      'kubernetes.io/metadata.name': namespace,
    };
    const selector = { ...namespaceSelector, matchLabels };
    return { ...webhook, clientConfig, namespaceSelector: selector, ...changes };
  });
  const { apiVersion, kind } = WEBHOOKS;
  return { apiVersion, kind, metadata: { name: `admission-${namespace}` }, webhooks };
}
