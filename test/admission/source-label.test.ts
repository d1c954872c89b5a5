// The shipped policy that keeps the label by which admission finds whose policies judge, in the API server itself.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { loadAll } from 'js-yaml';
import type { Cluster } from '../../gitops/cluster.ts';
import { Api } from '../../gitops/io/api.ts';
import { ApiCluster } from '../../gitops/io/cluster.ts';
import { Connector } from '../../gitops/io/connection.ts';
import { type Kind, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { LABEL } from '../../gitops/webapp.ts';
import { eventually } from '../cluster/eventually.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { optIn, webappOf } from './stage.ts';

const FILE = join(import.meta.dirname, '../../infra/admission/source-label.yaml');
const objects = loadAll(await readFile(FILE, 'utf8')) as (KubeObject & { spec: object })[];

/** What the test calls both, and where they are in force. */
interface Own {
  readonly name: string;
  readonly namespace: string;
}

interface Labelled {
  readonly matchLabels: Readonly<Record<string, string>>;
}

const kindOf = ({ apiVersion, kind }: KubeObject): Kind => ({
  ...{ apiVersion, kind },
  plural: kind.endsWith('y') ? `${kind.slice(0, -1).toLowerCase()}ies` : `${kind.toLowerCase()}s`,
});

/** Returns a binding's spec that is of the named policy and for one namespace alone, and otherwise for what it was for. */
function boundIn(spec: object, { name, namespace }: Own): object {
  const { matchResources } = spec as { matchResources: { namespaceSelector: Labelled } };
  const { matchLabels } = matchResources.namespaceSelector;
  const own = { ...matchLabels, 'kubernetes.io/metadata.name': namespace };
  return {
    ...spec,
    policyName: name,
    matchResources: { ...matchResources, namespaceSelector: { matchLabels: own } },
  };
}

/** Puts both into the cluster under names of the test and for its namespace alone, so that other tests keep theirs. */
async function install(t: ExecutionContext, cluster: Cluster, own: Own): Promise<void> {
  const { name } = own;
  for (const object of objects) {
    const spec = 'policyName' in object.spec ? boundIn(object.spec, own) : object.spec;
    const made = { ...object, metadata: { ...object.metadata, name }, spec };
    await cluster.apply(kindOf(object), made, { manager: 'test', live: 'any' });
    t.teardown(async () => {
      const live = await cluster.get(kindOf(object), { namespace: '', name });
      if (live) await cluster.delete(kindOf(object), live);
    });
  }
}

const labels = (changes: object) => ({
  type: 'merge' as const,
  fields: { metadata: { labels: changes } },
});

test('admission: only the functions take the source’s label off, or put another in its place', async (t) => {
  const it = await testCluster();
  const { cluster } = it.admin;
  const namespace = await freshNamespace(it);
  await optIn(cluster, namespace);
  const live = await cluster.create(WEBAPP, webappOf(namespace, 'shop'));
  const probe = await cluster.create(WEBAPP, webappOf(namespace, 'probe'));
  await install(t, cluster, { name: `source-label-${namespace}`, namespace });
  const refusal = /label webapps\.example\.com\/source stays as it is/;
  await eventually('the policy is in force', async () => {
    const current = (await cluster.get(WEBAPP, { namespace, name: 'probe' })) ?? probe;
    const flip = current.metadata.labels?.[LABEL.source] === 'a' ? 'b' : 'a';
    return cluster.patch(WEBAPP, current, labels({ [LABEL.source]: flip })).then(
      () => false,
      (error: Error) => refusal.test(error.message),
    );
  });
  for (const changes of [{ [LABEL.source]: null }, { [LABEL.source]: 'mine' }])
    await t.throwsAsync(cluster.patch(WEBAPP, live, labels(changes)), { message: refusal });
  const other = await cluster.patch(WEBAPP, live, labels({ team: 'a' }));
  t.is(other.metadata.labels?.team, 'a');
  const functions = new ApiCluster(new Api(new Connector(it.functions)));
  const freed = await functions.patch(WEBAPP, other, labels({ [LABEL.source]: null }));
  t.is(freed.metadata.labels?.[LABEL.source], undefined);
  const own = await cluster.patch(WEBAPP, freed, labels({ team: null }));
  t.falsy(own.metadata.labels?.team, 'one without a source is nobody’s business');
});
