// Which manager owns which field, and merging by it: as much of server-side apply as the engine leans on.
import { isFields } from '../../gitops/diff.ts';
import type { FieldSet, KubeObject, ManagedFields } from '../../gitops/objects.ts';

/** The leaves of an object: path to its value as JSON. A path is its FieldsV1 members, joined by SEPARATOR. */
export type Leaves = Map<string, string>;
type Json = Record<string, unknown>;

const SEPARATOR = '\u0000';
const PORT_KEYS = [
  ['containerPort', 'protocol'],
  ['port', 'protocol'],
] as const;
/** Lists whose items have keys, by the name of the list; all other lists are taken as a whole. */
const LIST_KEYS: Record<string, readonly (readonly string[])[]> = {
  conditions: [['type']],
  containers: [['name']],
  env: [['name']],
  inventory: [['name']],
  ownerReferences: [['uid']],
  ports: PORT_KEYS,
};
const WHOLE_MAPS = new Set(['selector']);
const META = ['labels', 'annotations', 'ownerReferences', 'finalizers'];

/** Returns the keys of an item of the list of that name, as FieldsV1 has them; undefined in a list without keys. */
function keyOf(list: string, item: unknown): Json | undefined {
  const keys = LIST_KEYS[list]?.find(([first = '']) => isFields(item) && first in item);
  return keys && Object.fromEntries(keys.map((key) => [key, (item as Json)[key] ?? 'TCP']));
}

function sameItem(list: string, a: unknown, b: unknown): boolean {
  return JSON.stringify(keyOf(list, a)) === JSON.stringify(keyOf(list, b));
}

/** Returns the leaves of an object's fields that can be owned, of its status alone or without it. */
export function leavesOf(object: KubeObject, subresource?: 'status'): Leaves {
  const { apiVersion: _v, kind: _k, metadata, status, ...content } = object as Json & KubeObject;
  const owned = Object.fromEntries(
    META.filter((field) => field in metadata).map((field) => [field, (metadata as never)[field]]),
  );
  const fields =
    subresource === 'status'
      ? { status }
      : { ...content, ...(Object.keys(owned).length > 0 && { metadata: owned }) };
  const leaves: Leaves = new Map();
  collect(fields, { name: '', at: [] }, leaves);
  return leaves;
}

interface Place {
  readonly name: string;
  readonly at: readonly string[];
}

function collect(value: unknown, { name, at }: Place, into: Leaves): void {
  const items = Array.isArray(value) && value.every((item) => keyOf(name, item)) ? value : [];
  const members = isFields(value) && !WHOLE_MAPS.has(name) ? Object.entries(value) : [];
  if (items.length + members.length === 0) into.set(at.join(SEPARATOR), JSON.stringify(value));
  for (const item of items) {
    const place = [...at, `k:${JSON.stringify(keyOf(name, item))}`];
    into.set([...place, '.'].join(SEPARATOR), '');
    collect(item, { name: '', at: place }, into);
  }
  for (const [key, member] of members)
    collect(member, { name: key, at: [...at, `f:${key}`] }, into);
}

function setOf(paths: Iterable<string>): FieldSet {
  const root: Record<string, FieldSet> = {};
  for (const path of paths) {
    let node = root;
    for (const member of path.split(SEPARATOR)) {
      node[member] ??= {};
      node = node[member] as Record<string, FieldSet>;
    }
  }
  return root;
}

function pathsOf(set: FieldSet = {}, at: readonly string[] = []): string[] {
  return Object.entries(set).flatMap(([member, below]) => {
    const path = [...at, member];
    return Object.keys(below).length === 0 ? [path.join(SEPARATOR)] : pathsOf(below, path);
  });
}

/** Returns what a manager applied before. */
export function appliedBefore(object: KubeObject | undefined, who: ManagedFields): Set<string> {
  return new Set(pathsOf(object?.metadata.managedFields?.find(isSame(who))?.fieldsV1));
}

const isSame = (who: ManagedFields) => (entry: ManagedFields) =>
  entry.manager === who.manager &&
  entry.operation === who.operation &&
  entry.subresource === who.subresource;

/** Returns the managers after `who` wrote: it owns `owned`; others lose what it changed and what is gone. */
export function ownersAfter(
  entries: readonly ManagedFields[],
  who: ManagedFields,
  { owned, taken, there }: { owned: Set<string>; taken: Set<string>; there: Leaves },
): ManagedFields[] {
  const others = entries.filter((entry) => !isSame(who)(entry));
  const left = others.map((entry) => {
    const keeps = (path: string) =>
      entry.subresource !== who.subresource || (there.has(path) && !taken.has(path));
    return { ...entry, fieldsV1: setOf(pathsOf(entry.fieldsV1).filter(keeps)) };
  });
  const own = owned.size > 0 ? [{ ...who, fieldsV1: setOf(owned) }] : [];
  const all = [...left.filter(({ fieldsV1 }) => Object.keys(fieldsV1).length > 0), ...own];
  const order = ({ manager, operation, subresource = '' }: ManagedFields) =>
    `${operation} ${manager} ${subresource}`;
  return all.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Returns the paths that go when a manager that owned `before` now owns `after`: those that nobody else owns. */
export function abandoned(
  before: Set<string>,
  after: Set<string>,
  others: readonly ManagedFields[],
): string[][] {
  const owned = [...after, ...others.flatMap(({ fieldsV1 }) => pathsOf(fieldsV1))];
  const isOwned = (path: string) =>
    owned.some((one) => one === path || one.startsWith(path + SEPARATOR));
  return [...before.difference(after)].flatMap((path) => {
    const members = path.split(SEPARATOR).filter((member) => member !== '.');
    const end = members.findIndex((_, at) => !isOwned(members.slice(0, at + 1).join(SEPARATOR)));
    return end < 0 ? [] : [members.slice(0, end + 1)];
  });
}

/** Returns the value without what is at the path. */
export function without(value: unknown, [member = '', ...rest]: readonly string[]): unknown {
  const text = member.slice(2);
  if (Array.isArray(value)) {
    const keys = Object.entries(JSON.parse(text) as Json);
    const isIt = (item: Json) => keys.every(([key, one]) => (item[key] ?? 'TCP') === one);
    return value.flatMap((item) => {
      if (!isIt(item)) return [item];
      return rest.length === 0 ? [] : [without(item, rest)];
    });
  }
  if (!isFields(value) || !(text in value)) return value;
  const { [text]: below, ...others } = value;
  return rest.length === 0 ? others : { ...others, [text]: without(below, rest) };
}

interface Merging {
  readonly keyed: boolean;
  /** Of the field that is merged. */
  readonly name?: string;
}

/** Merges `patch` over a value: null removes, lists with keys merge by item where asked, other lists are replaced. */
export function merge(live: unknown, patch: unknown, how: Merging): unknown {
  const { keyed, name = '' } = how;
  if (Array.isArray(patch)) return mergeLists(live, patch, how);
  if (!isFields(patch)) return patch;
  const there = isFields(live) ? live : {};
  if (keyed && WHOLE_MAPS.has(name)) return patch;
  const merged = Object.entries(patch).map(([key, value]) => [
    key,
    value === null ? undefined : merge(there[key], value, { keyed, name: key }),
  ]);
  const all: Json = { ...there, ...Object.fromEntries(merged) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function mergeLists(live: unknown, patch: unknown[], { keyed, name = '' }: Merging): unknown {
  if (!keyed || !patch.every((item) => keyOf(name, item))) return patch;
  const gone = patch.filter((item) => (item as Json).$patch === 'delete');
  const wanted = patch.filter((item) => !gone.includes(item));
  const isIn = (items: unknown[], one: unknown) => items.find((item) => sameItem(name, item, one));
  const there = (Array.isArray(live) ? live : []).filter((item) => !isIn(gone, item));
  return [
    ...there.map((item) => merge(item, isIn(wanted, item) ?? {}, { keyed })),
    ...wanted.filter((item) => !isIn(there, item)),
  ];
}
