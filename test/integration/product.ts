// Every real part of the product, following one repository in a namespace of its own.
import type { ExecutionContext } from 'ava';
import { type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import type { WebApp, WebAppSource } from '../../gitops/webapp.ts';
import { eventually } from '../cluster/eventually.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { startTestServer, type TestRepository } from '../helpers/git-repo.ts';
import { type RunningParts, startParts } from '../helpers/running-parts.ts';

/** The parts, the repository that is followed, and questions to the cluster. */
export interface Product {
  readonly cluster: TestCluster;
  readonly namespace: string;
  readonly parts: RunningParts;
  readonly repository: TestRepository;
  get(of: Kind, name: string): Promise<KubeObject | undefined>;
  source(): Promise<WebAppSource>;
  /** Returns when the source has applied the commit and all its WebApps are Ready. */
  settled(commit: string): Promise<void>;
}

/** Returns the text of a WebApp's file. */
export function manifest(name: string, spec: object): string {
  return `${JSON.stringify({ apiVersion: 'example.com/v1', kind: 'WebApp', metadata: { name }, spec }, null, 2)}\n`;
}

/** Starts everything on these files (below apps/ they are followed); all ends with the test. */
export async function startProduct(
  t: ExecutionContext,
  files: Record<string, string>,
  env: Record<string, string> = {},
): Promise<Product> {
  const cluster = await testCluster();
  const namespace = await freshNamespace(cluster);
  const parts = await startParts(cluster, env);
  t.teardown(() => Promise.all([parts.functions.stop(), parts.relay.stop()]));
  const { make, stop } = await startTestServer({ webhook: parts.webhook });
  t.teardown(stop);
  const repository = await make(files);
  t.teardown(() => repository[Symbol.asyncDispose]());
  const { apiVersion, kind } = WEBAPP_SOURCE;
  const metadata = { name: 'fleet', namespace };
  await cluster.admin.cluster.create(WEBAPP_SOURCE, {
    ...{ apiVersion, kind, metadata },
    spec: { url: repository.url, path: 'apps', interval: '1h' },
  });
  const get = (of: Kind, name: string) => cluster.admin.cluster.get(of, { namespace, name });
  const source = async () => (await get(WEBAPP_SOURCE, 'fleet')) as WebAppSource;
  const settled = async (commit: string) => {
    await eventually(`${commit} applied and Ready`, async () => {
      const { status } = await source();
      const { items } = await cluster.admin.cluster.list(WEBAPP, { namespace });
      return (
        status.lastAppliedRevision === `main@sha1:${commit}` &&
        items.every((item) => isReady(item as WebApp))
      );
    });
  };
  return { cluster, namespace, parts, repository, get, source, settled };
}

/** Returns whether a WebApp says Ready of the generation it has. */
export function isReady({ metadata, status }: WebApp): boolean {
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === metadata.generation;
}
