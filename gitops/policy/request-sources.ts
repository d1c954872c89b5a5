// Whose policies a request to the API server is judged by: those of the repository that its WebApp comes from.
import type { AdmissionInput } from '../../policies/index.ts';
import type { Cluster } from '../cluster.ts';
import { groupOf, type Kind, WEBAPP } from '../kinds.ts';
import { controllerOf, type KubeObject } from '../objects.ts';
import { LABEL, OPERATOR } from '../webapp.ts';
import { JUDGED } from './relevance.ts';

/**
 * Returns the names of the WebAppSources: that of the object as it would be, and that of the object as it is, so that the
 * request that takes the label off is judged. The requests after it, with no label on either, are not. None for an object
 * that belongs to no WebApp from Git.
 */
export async function sourcesOf(input: AdmissionInput, cluster: Cluster): Promise<string[]> {
  const of = JUDGED.find((kind) => isAbout(kind, input));
  if (of === undefined) return [];
  const objects = await objectsOf(input, of, cluster);
  const webapps = of === WEBAPP ? objects : await ownersOf(objects, input, cluster);
  const sources = webapps.map(({ metadata }) => metadata.labels?.[LABEL.source] ?? '');
  return [...new Set(sources.filter(Boolean))].sort();
}

function isAbout({ apiVersion, plural }: Kind, { resource }: AdmissionInput): boolean {
  return resource.group === groupOf(apiVersion) && resource.resource === plural;
}

/** A subresource's object is another, and so is what is connected with: neither has the labels. */
async function objectsOf(
  { operation, subResource, namespace = '', name = '', object, oldObject }: AdmissionInput,
  of: Kind,
  cluster: Cluster,
): Promise<KubeObject[]> {
  const objects =
    subResource || operation === 'CONNECT'
      ? [await cluster.get(of, { namespace, name })]
      : ([object, oldObject] as (KubeObject | null)[]);
  return objects.filter((each) => each !== null && each !== undefined);
}

/** A WebApp that is gone rules nothing any more: its children are being collected. */
async function ownersOf(
  children: readonly KubeObject[],
  { namespace = '' }: AdmissionInput,
  cluster: Cluster,
): Promise<KubeObject[]> {
  const names = new Set(children.map(ownerOf).filter((name) => name !== undefined));
  const found = await Promise.all(
    [...names].map((name) => cluster.get(WEBAPP, { namespace, name })),
  );
  return found.filter((webapp) => webapp !== undefined);
}

/** By the owner reference, or, where somebody has taken that away, by our labels. */
function ownerOf(child: KubeObject): string | undefined {
  const { labels = {} } = child.metadata;
  const owner = controllerOf(child);
  if (owner)
    return owner.apiVersion === WEBAPP.apiVersion && owner.kind === WEBAPP.kind
      ? owner.name
      : undefined;
  return labels[LABEL.managedBy] === OPERATOR ? labels['app.kubernetes.io/instance'] : undefined;
}
