// A namespace whose writes the API server asks admission about.
import type { ExecutionContext } from 'ava';
import type { Cluster } from '../../gitops/cluster.ts';
import { Api } from '../../gitops/io/api.ts';
import { ApiCluster } from '../../gitops/io/cluster.ts';
import { Connector } from '../../gitops/io/connection.ts';
import { NAMESPACE, POLICY_BUNDLE, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { LABEL } from '../../gitops/webapp.ts';
import { eventually } from '../cluster/eventually.ts';
import { type AdmissionServer, startAdmission, webhookFor } from '../helpers/admission-server.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { policyFile } from '../helpers/policy-files.ts';
import { WEBHOOKS } from '../helpers/webhooks.ts';
import { type Answer, ApiServer } from '../oracle/sides/api-server.ts';

export interface AdmissionStage {
  readonly cluster: TestCluster;
  readonly admin: Cluster;
  readonly server: ApiServer;
  readonly admission: AdmissionServer;
  readonly namespace: string;
  /** Puts the files into the bundle of the source named team. */
  policies(files: Record<string, string>): Promise<void>;
  /** Makes a WebApp of team, or tries to; the answer tells of a dry run more. */
  create(name: string, spec?: object, dryRun?: boolean): Promise<Answer>;
  /** Returns the cluster as one of the shipped ServiceAccounts sees it. */
  as(account: 'functions' | 'relay'): Cluster;
  /** Changes the webhooks, such as their failurePolicy. */
  configure(changes: object): Promise<void>;
}

export const TEAM = 'team';

/** Opens a stage with these policies, in a namespace of its own; all that is registered goes with the test. */
export async function stage(
  t: ExecutionContext,
  files: Record<string, string> = {},
): Promise<AdmissionStage> {
  const it = await stageIn(t, await freshNamespace(await testCluster()));
  await it.policies(files);
  return it;
}

/** Opens a stage in a namespace that is there. */
export async function stageIn(t: ExecutionContext, namespace: string): Promise<AdmissionStage> {
  const cluster = await testCluster();
  const { cluster: admin } = cluster.admin;
  const admission = await startAdmission(cluster);
  const server = await ApiServer.open(cluster);
  const configure = async (changes: object) => {
    const wanted = await webhookFor(namespace, admission, changes);
    await admin.apply(WEBHOOKS, wanted, { manager: 'test', live: 'any' });
  };
  t.teardown(async () => {
    const made = await admin.get(WEBHOOKS, { namespace: '', name: `admission-${namespace}` });
    if (made) await admin.delete(WEBHOOKS, made);
    await admission[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  await optIn(admin, namespace);
  const put = (name: string, all: Record<string, string>) =>
    putBundle(admin, { namespace, name }, all);
  await put('probe', { 'never.yaml': policyFile({ name: 'never', expression: '1 > 2' }) });
  await configure({});
  const probe = webappOf(namespace, 'probe', { source: 'probe' });
  await eventually(
    'the webhooks are asked',
    async () => (await server.dryRun(WEBAPP, probe)).code === 422,
  );
  return {
    ...{ cluster, admin, server, admission, namespace, configure },
    as: (account) => new ApiCluster(new Api(new Connector(cluster[account]))),
    policies: (all) => put(TEAM, all),
    create: (name, spec = {}, dryRun = false) =>
      server[dryRun ? 'dryRun' : 'create'](WEBAPP, webappOf(namespace, name, { spec })),
  };
}

/** Opts a namespace in, or out again. */
export async function optIn(admin: Cluster, name: string, value: string | null = 'enforce') {
  const live = (await admin.get(NAMESPACE, { namespace: '', name })) as KubeObject;
  const fields = { metadata: { labels: { 'webapps.example.com/admission': value } } };
  await admin.patch(NAMESPACE, live, { type: 'merge', fields });
}

async function putBundle(
  admin: Cluster,
  metadata: { namespace: string; name: string },
  all: Record<string, string>,
): Promise<void> {
  const { apiVersion, kind } = POLICY_BUNDLE;
  const files = Object.entries(all).map(([path, text]) => ({ path, text }));
  const spec = { revision: 'main@sha1:0', digest: '', files };
  const bundle = { apiVersion, kind, metadata, spec };
  await admin.apply(POLICY_BUNDLE, bundle, { manager: 'test', live: 'any' });
}

/** Returns a WebApp of a source; team unless given. */
export function webappOf(
  namespace: string,
  name: string,
  { spec = {}, source = TEAM }: { spec?: object; source?: string } = {},
): KubeObject {
  return {
    apiVersion: WEBAPP.apiVersion,
    kind: WEBAPP.kind,
    metadata: { name, namespace, labels: { [LABEL.source]: source } },
    spec: { image: 'nginx:1.27', port: 80, ...spec },
  };
}
