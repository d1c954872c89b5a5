// What a live object looks like after a write: it is what policies are asked about before the write. The API server's
// own merge stays the truth.
import { ATOMIC_MAPS, isFields, matches } from './diff.ts';
import { appliedFields, type FieldSet, type KubeObject } from './objects.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns `live` after an apply of `desired` by the manager: every field of `desired` is in place, what it applied before
 * and wants no longer is gone unless somebody else wants it, and what others put beside them stays.
 */
export function afterApply(live: KubeObject, desired: KubeObject, manager: string): KubeObject {
  const own = appliedFields(live, manager) ?? {};
  const others = (live.metadata.managedFields ?? [])
    .filter(({ subresource, fieldsV1 }) => !subresource && fieldsV1 !== own)
    .flatMap(({ fieldsV1 }) => fieldsV1 ?? []);
  return merge(abandon(live, desired, { own, others }), desired, '') as KubeObject;
}

/** Returns `live` after a strategic merge patch whose lists have keys. */
export function afterPatch(live: KubeObject, patch: object): KubeObject {
  return merge(live, patch, '') as KubeObject;
}

/** Who owns what, from the same place of an object on. */
interface Owners {
  readonly own: FieldSet;
  readonly others: readonly FieldSet[];
}

/** Returns the value without what only we own and no longer want. */
function abandon(value: unknown, desired: unknown, owners: Owners): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const member = Object.keys(owners.own).find((each) => isItem(each, item));
      if (member === undefined) return [item];
      const wanted = Array.isArray(desired)
        ? desired.find((each) => isItem(member, each))
        : undefined;
      return abandonMember(item, wanted, below(owners, member));
    });
  }
  if (!isFields(value)) return value;
  const kept = Object.entries(value).flatMap(([key, field]) => {
    const member = `f:${key}`;
    if (!Object.hasOwn(owners.own, member)) return [[key, field]];
    const wanted = isFields(desired) ? desired[key] : undefined;
    return abandonMember(field, wanted, below(owners, member)).map((left) => [key, left]);
  });
  return Object.fromEntries(kept);
}

/** Returns what is left of a field or an item that we own: one value or none. */
function abandonMember(value: unknown, wanted: unknown, owners: Owners): unknown[] {
  if (wanted === undefined && owners.others.length === 0 && isWhole(owners.own)) return [];
  const left = abandon(value, wanted, owners);
  return sizeOf(left) === 0 && sizeOf(value) > 0 ? [] : [left];
}

/** One who owns a value itself owns it with all that is in it. */
function isWhole(own: FieldSet): boolean {
  return '.' in own || Object.keys(own).length === 0;
}

/** A scalar is no container, so that nothing can be left out of it. */
function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return isFields(value) ? Object.keys(value).length : Number.NaN;
}

function below({ own, others }: Owners, member: string): Owners {
  return { own: own[member] ?? {}, others: others.flatMap((each) => each[member] ?? []) };
}

function isItem(member: string, item: unknown): boolean {
  const text = member.slice(2);
  if (member.startsWith('k:')) return matches(item, JSON.parse(text) as Fields);
  return member.startsWith('v:') && JSON.parse(text) === item;
}

function merge(live: unknown, desired: unknown, path: string): unknown {
  if (Array.isArray(desired)) return mergeLists(Array.isArray(live) ? live : [], desired, path);
  if (!isFields(desired) || ATOMIC_MAPS.has(path)) return desired;
  const there: Fields = isFields(live) ? live : {};
  const changed = Object.entries(desired).map(([key, value]) => [
    key,
    merge(there[key], value, path === '' ? key : `${path}.${key}`),
  ]);
  return { ...there, ...Object.fromEntries(changed) };
}

/** The keys of the lists in the objects we make; a list whose items have none is one value. */
const ITEM_KEYS = ['uid', 'containerPort', 'port', 'name'] as const;

function mergeLists(live: readonly unknown[], desired: readonly unknown[], path: string) {
  const key = ITEM_KEYS.find((name) => desired.every((item) => isFields(item) && name in item));
  if (key === undefined) return [...desired];
  const idOf = (item: unknown) => (item as Fields)[key];
  const others = live.filter((item) => !desired.some((wanted) => idOf(wanted) === idOf(item)));
  const own = desired
    .filter((item) => (item as Fields).$patch !== 'delete')
    .map((item) =>
      merge(
        live.find((one) => isFields(one) && idOf(one) === idOf(item)),
        item,
        `${path}[]`,
      ),
    );
  return [...own, ...others];
}
