// The policies of a repository as native objects of the cluster, confined to the namespace of their source.
import type { PolicyFile } from '../../policies/index.ts';
import { formatProblem } from '../../policies/problem.ts';
import { parseYaml } from '../../policies/yaml.ts';
import type { Path } from '../../policies/yaml-positions.ts';
import { isForbidden } from '../api-error.ts';
import { type Cluster, listAll } from '../cluster.ts';
import { diff, isFields, staleFields } from '../diff.ts';
import { PermanentError } from '../errors.ts';
import { CONFIG_MAP, type Kind, POLICY, POLICY_BINDING } from '../kinds.ts';
import { appliedFields, type KubeObject } from '../objects.ts';
import { ANNOTATION, annotation, LABEL, SOURCE_MANAGER, type WebAppSource } from '../webapp.ts';
import {
  type BindingSpec,
  confinedBinding,
  confinedPolicy,
  type PolicySpec,
  type Written,
} from './confine.ts';

/** In this order a policy never judges without its parameters, and a binding never waits for its policy. */
const WRITTEN: readonly Kind[] = [CONFIG_MAP, POLICY, POLICY_BINDING];
/** In this order nothing judges half. The policies go last: as long as there is one, there may be parameters. */
const DELETED: readonly Kind[] = [POLICY_BINDING, CONFIG_MAP, POLICY];

interface Native {
  readonly of: Kind;
  readonly object: KubeObject;
  readonly written: Written;
}

/**
 * Brings the cluster's objects to what the files say. All are tried before one is written but for bindings: the API server
 * looks up the policy of a binding, and a policy without one judges nothing.
 */
export async function applyNative(
  source: WebAppSource,
  { files }: { files: readonly PolicyFile[] },
  cluster: Cluster,
): Promise<void> {
  const wanted = nativesOf(files, source);
  const there = await madeBy(source, WRITTEN, cluster);
  const writes: Write[] = [];
  for (const native of wanted) {
    const write = await changeOf(native, source, cluster);
    if (write) writes.push(write);
  }
  for (const write of writes) if (write.of !== POLICY_BINDING) await apply(write, cluster, true);
  for (const write of writes) await apply(write, cluster, false);
  const names = new Set(wanted.map(keyOf));
  await remove(
    there.filter((one) => !names.has(keyOf(one))),
    cluster,
  );
}

/** Deletes all that the source has put into the cluster. */
export async function removeNative(source: WebAppSource, cluster: Cluster): Promise<void> {
  const there = await madeBy(source, [POLICY, POLICY_BINDING], cluster);
  if (there.length === 0) return;
  await remove([...there, ...(await madeBy(source, [CONFIG_MAP], cluster))], cluster);
}

async function remove(
  gone: readonly { of: Kind; object: KubeObject }[],
  cluster: Cluster,
): Promise<void> {
  for (const kind of DELETED)
    for (const { of, object } of gone) if (of === kind) await cluster.delete(of, object);
}

async function madeBy(source: WebAppSource, kinds: readonly Kind[], cluster: Cluster) {
  const found: { of: Kind; object: KubeObject }[] = [];
  for (const of of kinds)
    found.push(...(await labelled(source, of, cluster)).map((object) => ({ of, object })));
  return found.filter(({ object }) => isFrom(source, object));
}

async function labelled(source: WebAppSource, of: Kind, cluster: Cluster): Promise<KubeObject[]> {
  const { namespace = '' } = source.metadata;
  const labels = Object.entries(labelsOf(source)).map(([key, value]) => `${key}=${value}`);
  const where = of === CONFIG_MAP ? { namespace } : {};
  try {
    return await listAll(cluster, of, { ...where, labelSelector: labels.join() });
  } catch (error) {
    // Where there are no parameters to write, nobody had to grant the right to.
    if (!(of === CONFIG_MAP && isForbidden(error))) throw error;
    return [];
  }
}

function nativesOf(files: readonly PolicyFile[], source: WebAppSource): Native[] {
  const all = files.flatMap(writtenIn);
  return WRITTEN.flatMap((of) =>
    all
      .filter(({ value }) => isOf(value, of))
      .map((written) => ({ of, object: owned(written, of, source), written })),
  );
}

/** Lists are taken apart. */
function writtenIn({ path, text }: PolicyFile): Written[] {
  const file = parseYaml(text, path);
  if (file.kind === 'broken') return [];
  return file.documents.flatMap((document) => {
    const at = (root: Path, value: unknown): Written => ({
      value,
      refuse: (field, message) => {
        const place = { path, ...document.positionOf([...root, ...field]) };
        return new PermanentError('PolicyRefused', formatProblem({ ...place, message }));
      },
    });
    const { value } = document;
    const items = isFields(value) && String(value.kind).endsWith('List') ? value.items : undefined;
    return Array.isArray(items)
      ? items.map((item, index) => at(['items', index], item))
      : [at([], value)];
  });
}

function isOf(value: unknown, { apiVersion, kind }: Kind): boolean {
  return isFields(value) && value.apiVersion === apiVersion && value.kind === kind;
}

function owned(written: Written, of: Kind, source: WebAppSource): KubeObject {
  const { namespace = '' } = source.metadata;
  const object = written.value as KubeObject;
  const { name, labels, annotations } = object.metadata;
  const metadata = {
    name,
    ...(of === CONFIG_MAP && { namespace }),
    labels: { ...labels, ...labelsOf(source) },
    annotations: { ...annotations, [ANNOTATION.policySource]: whoIs(source) },
  };
  if (of === POLICY)
    return {
      ...object,
      metadata,
      spec: confinedPolicy(object.spec as PolicySpec, namespace, written),
    };
  if (of === POLICY_BINDING) {
    const spec = confinedBinding(object.spec as BindingSpec, namespace, written);
    return { ...object, metadata, spec };
  }
  return { ...object, metadata };
}

interface Write extends Native {
  readonly live: KubeObject | undefined;
}

/** Returns what to write; undefined where it is there already. Throws where the name is somebody else's. */
async function changeOf(
  native: Native,
  source: WebAppSource,
  cluster: Cluster,
): Promise<Write | undefined> {
  const { of, object, written } = native;
  const { namespace = '', name } = object.metadata;
  const live = await cluster.get(of, { namespace, name });
  if (live && !isFrom(source, live)) {
    const owner = annotation(live, ANNOTATION.policySource);
    const whose = owner ? `WebAppSource ${owner}` : 'somebody else';
    const message = `${of.kind} ${name} is in the cluster already and belongs to ${whose}; rename this one`;
    throw written.refuse(['metadata', 'name'], message);
  }
  if (live && isAsWritten(object, live)) return undefined;
  return { ...native, live };
}

function isAsWritten(object: KubeObject, live: KubeObject): boolean {
  const owned = appliedFields(live, SOURCE_MANAGER) ?? {};
  return diff(object, live).length === 0 && staleFields(object, owned).length === 0;
}

async function apply({ of, object, live }: Write, cluster: Cluster, dryRun: boolean) {
  await cluster.apply(of, object, { manager: SOURCE_MANAGER, live, dryRun });
}

function isFrom(source: WebAppSource, live: KubeObject): boolean {
  return annotation(live, ANNOTATION.policySource) === whoIs(source);
}

function whoIs({ metadata }: WebAppSource): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function labelsOf({ metadata }: WebAppSource): Readonly<Record<string, string>> {
  const { namespace = '', name } = metadata;
  return { [LABEL.source]: name, [LABEL.sourceNamespace]: namespace };
}

function keyOf({ of, object }: { of: Kind; object: KubeObject }): string {
  return `${of.kind}/${object.metadata.name}`;
}
