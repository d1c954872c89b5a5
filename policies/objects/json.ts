/** An object as JSON or YAML has it. Whole numbers may be bigint; a value of any other class is a leaf. */
export type JsonObject = { readonly [field: string]: unknown };

/** Tells a JSON object from arrays, null and leaves with a class of their own. */
export function isObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Returns the object with each value replaced; `__proto__` is a key like any other. */
export function mapValues<T>(
  object: JsonObject,
  replace: (value: unknown, key: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, v]) => [key, replace(v, key)]));
}

/** Returns the value of the object's own key, whatever Object.prototype has of that name. */
export function own<T>(
  object: { readonly [key: string]: T } | undefined,
  key: string,
): T | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Tells whether two JSON values are the same; leaves with a class of their own are the same as themselves. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b) || isObject(a) !== isObject(b)) return false;
  const [left, right] = [a as JsonObject, b as JsonObject];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && equalJson(left[key], right[key]))
  );
}
