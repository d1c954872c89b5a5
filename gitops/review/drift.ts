// What a cluster holds that the base does not say: somebody scaled by hand, or the last commit is not applied yet. It
// stands beside the verdict and is no part of it, as it changes from one minute to the next.
import pLimit from 'p-limit';
import type { Cluster } from '../cluster.ts';
import { diff, type FieldChange } from '../diff.ts';
import { CHILD_KINDS, type Kind, WEBAPP } from '../kinds.ts';
import type { FieldSet, KubeObject } from '../objects.ts';
import { desiredChildren } from '../reconcile/children.ts';
import type { WebApp } from '../webapp.ts';
import { fieldDifference, subjectOf } from './changes.ts';
import type { Drift, FieldDifference } from './report.ts';

const PARALLEL_READS = 8;
/** Each costs up to five reads. */
const MAX_WEBAPPS = 50;

/** What is known of a cluster beside a review. */
export type Live =
  | { readonly kind: 'seen'; readonly drift: readonly Drift[] }
  | { readonly kind: 'unseen'; readonly reason: string };

/** Compares WebApps of the base, at most fifty, and what they become with a cluster. Throws what its reads throw. */
export async function driftOf(webapps: readonly WebApp[], cluster: Cluster): Promise<Drift[]> {
  const some = webapps.slice(0, MAX_WEBAPPS);
  const found = await pLimit(PARALLEL_READS).map([...some], (each) => driftOfOne(each, cluster));
  return found.flat();
}

async function driftOfOne(webapp: WebApp, cluster: Cluster): Promise<Drift[]> {
  const { name, namespace = '' } = webapp.metadata;
  const read = (of: Kind) => cluster.get(of, { namespace, name });
  const live = await read(WEBAPP);
  if (live === undefined) return [{ subject: subjectOf(webapp), isMissing: true, fields: [] }];
  const children = await Promise.all(CHILD_KINDS.map(read));
  const ofKind = (wanted: string) => children.find((each) => each?.kind === wanted);
  // The owner references of the children name the uid.
  const { uid = '' } = live.metadata;
  const known = { ...webapp, metadata: { ...webapp.metadata, uid } };
  const desired = desiredChildren(known, ofKind('Deployment'));
  return [
    ...driftBetween(asWritten(webapp), live),
    ...desired.flatMap((child) => driftBetween(child, ofKind(child.kind))),
  ];
}

/** Judging fills in what an API server would: of the metadata, only the repository's is compared. */
function asWritten({ apiVersion, kind, metadata, spec }: WebApp): KubeObject {
  const { name, namespace = '', labels, annotations } = metadata;
  const own = { name, namespace, ...(labels && { labels }), ...(annotations && { annotations }) };
  return { apiVersion, kind, metadata: own, spec };
}

function driftBetween(desired: KubeObject, live: KubeObject | undefined): Drift[] {
  const subject = subjectOf(desired, desired.kind === 'WebApp' ? undefined : desired.metadata.name);
  if (live === undefined) return [{ subject, isMissing: true, fields: [] }];
  const fields = diff(desired, live).map((change) => told(change, [desired, live]));
  return fields.length === 0 ? [] : [{ subject, fields }];
}

function told({ path, from, to }: FieldChange, objects: readonly [KubeObject, KubeObject]) {
  const by = managerOf(objects[1], path);
  const all = fieldDifference({ path, from: to, to: from }, objects);
  return { ...(isShown(path) ? all : valuesHidden(all)), ...(by && { by }) };
}

/** What anybody who reads a pull request may see of a cluster; whatever else was put there by hand may be a secret. */
const SHOWN = /(^|\.)(replicas|minReplicas|maxReplicas|image|port|containerPort|targetPort)$/;

function isShown(path: string): boolean {
  return SHOWN.test(path) && !/(^|\.)(metadata|env)\b/.test(path);
}

const HIDDEN = '(not shown)';

function valuesHidden({ path, before, after }: FieldDifference): FieldDifference {
  const sides = {
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after: HIDDEN }),
  };
  return { path, ...sides };
}

/** Returns who set a field (spec.containers[web].image) last, as far as the API server wrote it down. */
export function managerOf({ metadata }: KubeObject, path: string): string | undefined {
  const owners = metadata.managedFields?.filter(({ fieldsV1 = {} }) => owns(fieldsV1, path));
  return owners?.at(-1)?.manager;
}

function owns(set: FieldSet, path: string): boolean {
  if (path === '') return true;
  return Object.entries(set).some(([member, below]) => {
    const label = labelOf(member);
    if (label === undefined || !path.startsWith(label)) return false;
    const rest = path.slice(label.length);
    return /^($|[.[])/.test(rest) && owns(below, rest.replace(/^\./, ''));
  });
}

/** A member as diff.ts writes it: a name, or the name or uid of an item in brackets. */
function labelOf(member: string): string | undefined {
  if (member.startsWith('f:')) return member.slice(2);
  if (!member.startsWith('k:')) return undefined;
  const { uid, name } = JSON.parse(member.slice(2)) as { uid?: string; name?: string };
  return `[${uid ?? name}]`;
}
