// The real cluster of a test file: the one that `npm test` started for all files, or one of its own.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { registerCompletionHandler } from 'ava';
import { NAMESPACE } from '../../gitops/kinds.ts';
import { kubeconfigText } from '../../infra/control-plane/kubeconfig.ts';
import { startControlPlane } from '../../infra/control-plane/start.ts';
import { Installation, SERVICE_ACCOUNTS } from '../../infra/install.ts';

/** What `npm test` hands to every test file, as JSON in TEST_CONTROL_PLANE. */
export interface SharedPlane {
  readonly server: string;
  readonly caFile: string;
  readonly kubeconfig: string;
  readonly auditLog: string;
  readonly kubectl: string;
}

/** A cluster with the CRDs and rights installed. */
export interface TestCluster extends SharedPlane {
  readonly admin: Installation;
  /** Credentials of the shipped ServiceAccounts, with no right but what is shipped. */
  readonly functions: KubeConfig;
  readonly relay: KubeConfig;
  kubeconfigText(token: string): string;
}

let started: Promise<TestCluster> | undefined;

/** Returns the cluster; starts one on first use where `npm test` did not. */
export function testCluster(): Promise<TestCluster> {
  started ??= open();
  return started;
}

async function open(): Promise<TestCluster> {
  // Connections and the cluster itself would keep the process; the cluster ends with it.
  registerCompletionHandler(() => process.exit());
  const given = process.env.TEST_CONTROL_PLANE;
  const plane = given ? (JSON.parse(given) as SharedPlane) : await startShared();
  const config = new KubeConfig();
  config.loadFromFile(plane.kubeconfig);
  const admin = new Installation(config);
  if (!given) await admin.install();
  const ca = await readFile(plane.caFile, 'utf8');
  const text = (token: string) => kubeconfigText({ server: plane.server, ca, token, user: 'test' });
  const as = async (account: string) => {
    const own = new KubeConfig();
    own.loadFromString(text(await admin.tokenFor(account)));
    return own;
  };
  const { functions, relay } = SERVICE_ACCOUNTS;
  return {
    ...plane,
    admin,
    functions: await as(functions),
    relay: await as(relay),
    kubeconfigText: text,
  };
}

/** Starts a control plane with an audit log; it ends with this process. */
export async function startShared(): Promise<SharedPlane & AsyncDisposable> {
  const plane = await startControlPlane({ audit: true });
  const { server, caFile, kubeconfig, auditLog = '', binaries } = plane;
  return {
    ...{ server, caFile, kubeconfig, auditLog, kubectl: binaries.kubectl },
    [Symbol.asyncDispose]: () => plane.stop(),
  };
}

/** Makes a namespace of its own for a test and returns its name. */
export async function freshNamespace({ admin }: TestCluster): Promise<string> {
  const name = `t-${randomBytes(6).toString('hex')}`;
  const { apiVersion, kind } = NAMESPACE;
  await admin.cluster.create(NAMESPACE, { apiVersion, kind, metadata: { name } });
  return name;
}
