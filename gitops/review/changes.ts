// What a merge would do to the objects that WebApps become: desired against desired, so that what a cluster happens
// to hold can make no difference.

import { diff, type FieldChange } from '../diff.ts';
import type { KubeObject } from '../objects.ts';
import { childrenOf } from '../policy/judge-webapp.ts';
import type { WebApp } from '../webapp.ts';
import type { FieldDifference, ObjectChange, Subject } from './report.ts';
import { namesSecret } from './secret-names.ts';

const MAX_VALUE = 120;

/** Returns the changes of one WebApp and its children; an absent side means that there is none. */
export function changesOf(before: WebApp | undefined, after: WebApp | undefined): ObjectChange[] {
  const old = before === undefined ? [] : [before, ...childrenOf(before)];
  const now = after === undefined ? [] : [after, ...childrenOf(after)];
  const kinds = new Set([...old, ...now].map(({ kind }) => kind));
  return [...kinds].flatMap((kind) =>
    changeOf(
      old.find((object) => object.kind === kind),
      now.find((object) => object.kind === kind),
    ),
  );
}

/** Returns which object this is, and the WebApp it is made from when it is a child. */
export function subjectOf({ apiVersion, kind, metadata }: KubeObject, webapp?: string): Subject {
  const { namespace = '', name } = metadata;
  return { apiVersion, kind, namespace, name, ...(webapp !== undefined && { webapp }) };
}

function changeOf(before: KubeObject | undefined, after: KubeObject | undefined): ObjectChange[] {
  const object = after ?? before;
  if (object === undefined) return [];
  const subject = subjectOf(object, object.kind === 'WebApp' ? undefined : object.metadata.name);
  if (before === undefined || after === undefined) {
    const action = before === undefined ? 'create' : 'delete';
    return [{ action, subject, fields: [], effects: effectsOf(before, after, []) }];
  }
  const fields = differences(before, after);
  if (fields.length === 0) return [];
  return [
    {
      action: 'change',
      subject,
      fields: fields.map((field) => fieldDifference(field, [before, after])),
      effects: effectsOf(before, after, fields),
    },
  ];
}

/** Both directions: a field that only the old one has is one that goes. */
function differences(before: KubeObject, after: KubeObject): FieldChange[] {
  const there = diff(after, before);
  const gone = diff(before, after).filter(({ from }) => from === undefined);
  const known = new Set(there.map(({ path }) => path));
  return [
    ...there,
    ...gone
      .filter(({ path }) => !known.has(path))
      .map(({ path, to }) => ({ path, from: to, to: undefined })),
  ];
}

/** Returns a change as a report tells it; `objects` say whether its value is better not repeated. */
export function fieldDifference(
  { path, from, to }: FieldChange,
  objects: readonly KubeObject[],
): FieldDifference {
  const hidden = isSecret(path, objects);
  const side = (value: unknown) => (hidden ? '(hidden)' : textOf(value));
  return {
    path,
    ...(from !== undefined && { before: side(from) }),
    ...(to !== undefined && { after: side(to) }),
  };
}

/** The value of a variable is told by its index or name in the path; whole lists are hidden when any item is secret. */
function isSecret(path: string, objects: readonly KubeObject[]): boolean {
  const item = path.search(/\benv\[/);
  if (item >= 0 && path.endsWith('].value')) return namesSecret(path.slice(item));
  return /\benv$/.test(path) && namesSecret(JSON.stringify(objects));
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

function effectsOf(
  before: KubeObject | undefined,
  after: KubeObject | undefined,
  fields: readonly FieldChange[],
): string[] {
  const kind = (after ?? before)?.kind;
  if (kind === 'Deployment') return deploymentEffects(before, after, fields);
  if (kind === 'Service' && fields.some(({ path }) => path.startsWith('spec.ports')))
    return ['other port for its clients'];
  if (kind === 'Ingress' && fields.length > 0) return ['other routing from outside'];
  return [];
}

function deploymentEffects(
  before: KubeObject | undefined,
  after: KubeObject | undefined,
  fields: readonly FieldChange[],
): string[] {
  const pods = replicasOf(after) - replicasOf(before);
  const restarts = before && after && fields.some(({ path }) => path.startsWith('spec.template'));
  const podWord = Math.abs(pods) === 1 ? 'pod' : 'pods';
  return [
    ...(restarts ? ['rolling restart'] : []),
    ...(pods > 0 ? [`+${pods} ${podWord}`] : []),
    ...(pods < 0 ? [`-${-pods} ${podWord}`] : []),
  ];
}

function replicasOf(deployment: KubeObject | undefined): number {
  if (deployment === undefined) return 0;
  return (deployment as { spec?: { replicas?: number } }).spec?.replicas ?? 1;
}
