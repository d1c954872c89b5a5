// The policies of a repository as native objects of the cluster, confined to the namespace of their source.
import { loadAll } from 'js-yaml';
import type { PolicyFile } from '../../policies/index.ts';
import type { Cluster } from '../cluster.ts';
import { diff } from '../diff.ts';
import { PermanentError } from '../errors.ts';
import { CONFIG_MAP, type Kind, POLICY, POLICY_BINDING } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { ANNOTATION, annotation, SOURCE_MANAGER, type WebAppSource } from '../webapp.ts';

/** In this order a policy never judges without its parameters, and a binding never waits for its policy. */
const KINDS: readonly Kind[] = [CONFIG_MAP, POLICY, POLICY_BINDING];

interface Native {
  readonly of: Kind;
  readonly object: KubeObject;
}

/** Writes the objects of the files that differ, and deletes those that only the files before had. */
export async function applyNative(
  source: WebAppSource,
  {
    before,
    files,
  }: { before: { files: readonly PolicyFile[] } | undefined; files: readonly PolicyFile[] },
  cluster: Cluster,
): Promise<void> {
  const wanted = nativesOf(files, source);
  for (const native of wanted) await applyOne(native, source, cluster);
  const gone = nativesOf(before?.files ?? [], source).filter(
    ({ of, object }) => !wanted.some((one) => one.of === of && sameKey(one.object, object)),
  );
  for (const { of, object } of gone.reverse()) {
    const { namespace = '', name } = object.metadata;
    const live = await cluster.get(of, { namespace, name });
    if (live && isFrom(source, live)) await cluster.delete(of, live);
  }
}

function nativesOf(files: readonly PolicyFile[], source: WebAppSource): Native[] {
  const objects = files.flatMap(({ text }) => loadAll(text) as (KubeObject | null)[]);
  return KINDS.flatMap((of) =>
    objects
      .filter((object) => object?.kind === of.kind && object.apiVersion === of.apiVersion)
      .map((object) => ({ of, object: owned(object as KubeObject, of, source) })),
  );
}

function owned(object: KubeObject, of: Kind, source: WebAppSource): KubeObject {
  const { namespace = '' } = source.metadata;
  const { name, labels, annotations } = object.metadata;
  const metadata = {
    name,
    ...(of === CONFIG_MAP && { namespace }),
    ...(labels && { labels }),
    annotations: { ...annotations, [ANNOTATION.policySource]: whoIs(source) },
  };
  return of === POLICY_BINDING
    ? { ...object, metadata, spec: confined(object.spec as BindingSpec, namespace) }
    : { ...object, metadata };
}

interface BindingSpec {
  readonly matchResources?: {
    readonly namespaceSelector?: { readonly matchExpressions?: readonly object[] };
  };
}

/** A repository rules its own namespace and no other, whatever its bindings say. */
function confined(spec: BindingSpec, namespace: string): BindingSpec {
  const { matchResources = {} } = spec;
  const { namespaceSelector = {} } = matchResources;
  const own = { key: 'kubernetes.io/metadata.name', operator: 'In', values: [namespace] };
  const matchExpressions = [...(namespaceSelector.matchExpressions ?? []), own];
  return {
    ...spec,
    matchResources: {
      ...matchResources,
      namespaceSelector: { ...namespaceSelector, matchExpressions },
    },
  };
}

async function applyOne(
  { of, object }: Native,
  source: WebAppSource,
  cluster: Cluster,
): Promise<void> {
  const { namespace = '', name } = object.metadata;
  const live = await cluster.get(of, { namespace, name });
  if (live && !isFrom(source, live)) {
    const whose = annotation(live, ANNOTATION.policySource) || 'somebody else';
    const message = `${of.kind} ${name} exists and belongs to ${whose}: rename one of them`;
    throw new PermanentError('PolicyNameTaken', message);
  }
  if (live && diff(object, live).length === 0) return;
  await cluster.apply(of, object, { manager: SOURCE_MANAGER, live });
}

function isFrom(source: WebAppSource, live: KubeObject): boolean {
  return annotation(live, ANNOTATION.policySource) === whoIs(source);
}

function whoIs({ metadata }: WebAppSource): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function sameKey(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;
}
