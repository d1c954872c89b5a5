// What a live object looks like after an apply: what we desire over what is there. It is what policies are asked
// about before the write; the API server's own merge stays the truth.
import { isFields } from './diff.ts';
import type { KubeObject } from './objects.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Returns `live` with every field of `desired` in place; what others put beside them stays. */
export function overlay(live: KubeObject, desired: KubeObject): KubeObject {
  return merge(live, desired) as KubeObject;
}

function merge(live: unknown, desired: unknown): unknown {
  if (Array.isArray(desired)) return mergeLists(Array.isArray(live) ? live : [], desired);
  if (!isFields(desired)) return desired;
  const there: Fields = isFields(live) ? live : {};
  const changed = Object.entries(desired).map(([key, value]) => [key, merge(there[key], value)]);
  return { ...there, ...Object.fromEntries(changed) };
}

/** The keys of the lists in the objects we make; a list whose items have none is one value. */
const ITEM_KEYS = ['uid', 'containerPort', 'port', 'name', 'type', 'host'] as const;

function mergeLists(live: readonly unknown[], desired: readonly unknown[]): unknown[] {
  const key = ITEM_KEYS.find((name) => desired.every((item) => isFields(item) && name in item));
  if (key === undefined) return [...desired];
  const idOf = (item: unknown) => (item as Fields)[key];
  const others = live.filter((item) => !desired.some((wanted) => idOf(wanted) === idOf(item)));
  const own = desired.map((item) =>
    merge(
      live.find((one) => isFields(one) && idOf(one) === idOf(item)),
      item,
    ),
  );
  return [...own, ...others];
}
