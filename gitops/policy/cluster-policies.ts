// The policies that a cluster enforces itself. Asking them before a write says early what the API server would say; it
// keeps the last word, so what cannot be read here is left to it.
import type { PolicyFile } from '../../policies/index.ts';
import { isForbidden } from '../api-error.ts';
import { type Cluster, listAll } from '../cluster.ts';
import { CONFIG_MAP, type Kind, POLICY, POLICY_BINDING } from '../kinds.ts';
import { type KubeObject, writtenPart } from '../objects.ts';
import { type LiveBinding, type LivePolicy, mayBind, mayJudge } from './relevance.ts';

/**
 * Returns the cluster's policies that may judge WebApps and their children in a namespace, with their bindings and
 * ConfigMap parameters, as files of JSON.
 */
export async function readClusterPolicies(
  cluster: Cluster,
  namespace: string,
): Promise<PolicyFile[]> {
  const policies = ((await readAll(cluster, POLICY)) as LivePolicy[]).filter((policy) =>
    mayJudge(policy, namespace),
  );
  // Most clusters have none, and then one read is all.
  if (policies.length === 0) return [];
  const names = new Set(policies.map(({ metadata }) => metadata.name));
  const bindings = ((await readAll(cluster, POLICY_BINDING)) as LiveBinding[]).filter(
    (binding) => names.has(binding.spec.policyName) && mayBind(binding, namespace),
  );
  const bound = new Set(bindings.map(({ spec }) => spec.policyName));
  const asked = policies.filter(({ metadata }) => bound.has(metadata.name));
  const params = await readParams(cluster, { policies: asked, bindings, namespace });
  return [...asked, ...bindings, ...params].map(fileOf);
}

/** Returns an object as a file; what only the API server writes is left out, as it would be refused in a file. */
export function fileOf(object: KubeObject): PolicyFile {
  const { name, namespace } = object.metadata;
  const place = namespace === undefined ? name : `${namespace}/${name}`;
  return { path: `cluster/${object.kind}/${place}`, text: JSON.stringify(writtenPart(object)) };
}

async function readAll(cluster: Cluster, of: Kind): Promise<KubeObject[]> {
  try {
    const { apiVersion, kind } = of;
    return (await listAll(cluster, of)).map((item) => ({ ...item, apiVersion, kind }));
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return [];
  }
}

interface Wanted {
  readonly policies: readonly LivePolicy[];
  readonly bindings: readonly LiveBinding[];
  readonly namespace: string;
}

/** Parameters of other kinds, and those chosen by labels, stay unknown here. */
async function readParams(
  cluster: Cluster,
  { policies, bindings, namespace }: Wanted,
): Promise<KubeObject[]> {
  const byConfigMap = new Set(
    policies
      .filter(
        ({ spec }) => spec.paramKind?.apiVersion === 'v1' && spec.paramKind.kind === 'ConfigMap',
      )
      .map(({ metadata }) => metadata.name),
  );
  const refs = bindings
    .filter(({ spec }) => byConfigMap.has(spec.policyName))
    .flatMap(({ spec }) =>
      spec.paramRef?.name ? [{ namespace, ...spec.paramRef, name: spec.paramRef.name }] : [],
    );
  const keys = new Map(refs.map((ref) => [`${ref.namespace}/${ref.name}`, ref]));
  const found = await Promise.all([...keys.values()].map((key) => readParam(cluster, key)));
  return found.filter((object) => object !== undefined);
}

async function readParam(cluster: Cluster, key: { namespace: string; name: string }) {
  try {
    return await cluster.get(CONFIG_MAP, key);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return undefined;
  }
}
