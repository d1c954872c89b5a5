// Desired against live. An object is right when all that is desired is there, and nothing that was once
// applied by us and is no longer desired remains. What others put beside it is theirs.
import equal from 'fast-deep-equal';
import type { FieldSet, KubeObject } from './objects.ts';
import { quantityMilli } from './quantity.ts';

/** One field that differs: its path, its live value and the desired one; undefined for absent. */
export interface FieldChange {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** Returns the fields of `desired` whose live value is missing or another. */
export function diff(desired: KubeObject, live: KubeObject): FieldChange[] {
  return compare(desired, live, '');
}

/** Maps that the API server takes as one value: a stranger's key in a selector changes what it selects. */
export const ATOMIC_MAPS: ReadonlySet<string> = new Set(['spec.selector']);

function compare(desired: unknown, live: unknown, path: string): FieldChange[] {
  if (ATOMIC_MAPS.has(path)) return equal(desired, live) ? [] : [{ path, from: live, to: desired }];
  if (Array.isArray(desired)) return compareLists(desired, live, path);
  if (isFields(desired) && (isFields(live) || Object.keys(desired).length > 0)) {
    const there = isFields(live) ? live : {};
    return Object.entries(desired).flatMap(([key, value]) =>
      compare(value, there[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return sameScalar(desired, live, path) ? [] : [{ path, from: live, to: desired }];
}

/** Lists whose items have a key are compared item by item, so that others may add theirs; any other list as a whole. */
function compareLists(desired: unknown[], live: unknown, path: string): FieldChange[] {
  const there: unknown[] = Array.isArray(live) ? live : [];
  // An empty list asks for none of its own; what others put there is theirs.
  if (desired.length === 0) return Array.isArray(live) ? [] : [{ path, from: live, to: desired }];
  const key = itemKey(desired);
  if (key !== undefined) {
    return desired.flatMap((item) => {
      const id = (item as Fields)[key];
      const other = there.find((candidate) => isFields(candidate) && candidate[key] === id);
      return compare(item, other, `${path}[${id}]`);
    });
  }
  const same =
    Array.isArray(live) &&
    there.length === desired.length &&
    desired.every((item, i) => compare(item, there[i], path).length === 0);
  return same ? [] : [{ path, from: live, to: desired }];
}

function itemKey(items: unknown[]): 'name' | 'uid' | undefined {
  return (['uid', 'name'] as const).find((key) =>
    items.every((item) => isFields(item) && typeof item[key] === 'string'),
  );
}

const QUANTITY_PATH = /\.resources\.(requests|limits)\.[^.]+$/;

function sameScalar(desired: unknown, live: unknown, path: string): boolean {
  if (desired === live) return true;
  if (!QUANTITY_PATH.test(path)) return false;
  const wanted = quantityMilli(String(desired));
  return wanted !== undefined && wanted === quantityMilli(String(live));
}

/** Returns the paths that `owned` says we applied and that are desired no longer; an apply removes them. */
export function staleFields(desired: unknown, owned: FieldSet, path = ''): string[] {
  return Object.entries(owned).flatMap(([member, below]) => {
    if (member === '.') return [];
    const { value, label } = resolve(desired, member);
    const at = `${path}${label}`;
    return value === undefined ? [at] : staleFields(value, below, at);
  });
}

function resolve(desired: unknown, member: string): { value: unknown; label: string } {
  const [kind, text] = [member.slice(0, 2), member.slice(2)];
  if (kind === 'f:')
    return { value: isFields(desired) ? desired[text] : undefined, label: `.${text}` };
  const items: unknown[] = Array.isArray(desired) ? desired : [];
  const label = `[${text}]`;
  if (kind === 'i:') return { value: items[Number(text)], label };
  const wanted: unknown = JSON.parse(text);
  if (kind === 'v:') return { value: items.find((item) => item === wanted), label };
  const keys = wanted as Fields;
  return {
    value: items.find((item) => matches(item, keys)),
    label: `[${Object.values(keys).join('/')}]`,
  };
}

/** Returns whether the item of a list has these keys. */
export function matches(item: unknown, keys: Fields): boolean {
  return isFields(item) && Object.entries(keys).every(([key, value]) => item[key] === value);
}

/** Returns whether the value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
