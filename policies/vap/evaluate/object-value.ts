import { Double, fromJson } from '../../cel/values/json.ts';
import { CelMap, type Value } from '../../cel/values/values.ts';
import { Undetermined } from '../../objects/undetermined.ts';
import { builtInKind } from '../resources.ts';
import { PartlyKnownMap, type Unknowns } from './unknowns.ts';

const WHAT = 'is chosen by the API server and not known here';

/**
 * Returns an object as expressions see it. What the API server will choose is there, but whoever reads it cannot be
 * judged.
 *
 * @param name what the value is called where it is told that it is not known: object.metadata.uid
 */
export function objectValue(json: unknown, name: string, unknowns: Unknowns): Value {
  if (isOpen(json)) return unknowns.value(`${name} ${WHAT}`);
  return show(json, name, { unknowns, takesStringsOnly: isNative(json) });
}

/** The API server shows what it has as Go structs in another way than custom resources. */
function isNative(json: unknown): boolean {
  const { apiVersion, kind } = (json ?? {}) as { apiVersion?: unknown; kind?: unknown };
  return builtInKind(String(apiVersion), String(kind)) !== undefined;
}

interface Context {
  readonly unknowns: Unknowns;
  readonly takesStringsOnly: boolean;
}

/** Shows a value that is not open. */
function show(json: unknown, name: string, context: Context): Value {
  if (typeof json !== 'object' || json === null || json instanceof Double) return fromJson(json);
  return Array.isArray(json)
    ? json.map((item, index) => show(item, `${name}[${index}]`, context))
    : showObject(json, name, context);
}

function showObject(json: object, name: string, context: Context): CelMap {
  const known = new CelMap(context.takesStringsOnly);
  const unknown = new Map<string, string>();
  const fields = json as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (value === undefined) continue;
    const path = `${name}.${key}`;
    if (isOpen(value)) unknown.set(key, `${path} ${WHAT}`);
    else known.add(key.toWellFormed(), show(value, path, context));
  }
  return unknown.size === 0 ? known : new PartlyKnownMap(known, unknown, context.unknowns);
}

/** A list of which one element is open is open as a whole: lists cannot tell that somebody compares their elements. */
function isOpen(json: unknown): boolean {
  return json instanceof Undetermined || (Array.isArray(json) && json.some(isOpen));
}
