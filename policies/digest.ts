// Digests by which two gates can tell whether they judged the same policies and the same object.
import { Double } from './cel/values/json.ts';
import type { PolicySet } from './vap/policy-set.ts';

/** Returns a text that is the same for the same bytes, e.g. their SHA-256 in hex. */
export type Hash = (text: string) => string;

/**
 * Returns a JSON text that is the same for the same value: keys in order, 1 and 1.0 apart, integers exact, and no
 * fields that are undefined.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Double) return doubleText(value.value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  const fields = entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`);
  return `{${fields.join(',')}}`;
}

function doubleText(value: number): string {
  return Number.isInteger(value) ? `${JSON.stringify(value)}.0` : JSON.stringify(value);
}

/** Returns the digest of an object as it was judged. */
export function objectDigest(object: unknown, hash: Hash): string {
  return hash(canonicalJson(object));
}

/** Returns the digest of all that decides in a set; it does not depend on files, their order or their layout. */
export function policiesDigest(set: PolicySet, hash: Hash): string {
  const sorted = (items: readonly unknown[]) => items.map(canonicalJson).sort();
  const parts = {
    policies: sorted(set.policies.map(({ policy }) => [policy.metadata.name, policy.spec])),
    bindings: sorted(set.bindings.map(({ binding }) => [binding.metadata.name, binding.spec])),
    params: sorted(set.params.all.map(({ namespace, object }) => [namespace, object])),
    kinds: sorted(set.kinds),
    waivers: sorted(
      set.waivers.map(({ name, policy, objects, end }) => [
        name,
        policy,
        objects.map(({ place: _, ...object }) => object),
        end,
      ]),
    ),
  };
  return hash(canonicalJson(parts));
}
