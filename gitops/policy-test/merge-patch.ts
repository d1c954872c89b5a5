import { isFields } from '../diff.ts';

/** Returns the value after a JSON merge patch (RFC 7386): objects are merged, null takes a field out, all else replaces. */
export function mergePatch(value: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const base = isFields(value) ? value : {};
  const kept = Object.entries(base).filter(([key]) => !Object.hasOwn(patch, key));
  const merged = Object.entries(patch)
    .filter(([, field]) => field !== null)
    .map(([key, field]) => [key, mergePatch(own(base, key), field)]);
  return Object.fromEntries([...kept, ...merged]);
}

function own(fields: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
