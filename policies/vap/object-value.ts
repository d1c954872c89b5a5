import { Double, fromJson } from '../cel/json.ts';
import { CelMap, type Value } from '../cel/values.ts';
import { Undetermined } from '../objects/undetermined.ts';
import { builtInKind } from './resources.ts';
import { PartlyKnownMap, type Unknowns } from './unknowns.ts';

const WHAT = 'is chosen by the API server and not known here';

/**
 * Returns an object as expressions see it. What the API server will choose is there, but whoever reads it cannot be
 * judged.
 *
 * @param name what the value is called where it is told that it is not known: object.metadata.uid
 */
export function objectValue(json: unknown, name: string, unknowns: Unknowns): Value {
  return show(json, name, { unknowns, mapOf: isNative(json) ? CelMap.ofObject : CelMap.of });
}

/** The API server shows what it has as Go structs in another way than custom resources. */
export function isNative(json: unknown): boolean {
  const { apiVersion, kind } = (json ?? {}) as { apiVersion?: unknown; kind?: unknown };
  return builtInKind(String(apiVersion), String(kind)) !== undefined;
}

interface Context {
  readonly unknowns: Unknowns;
  readonly mapOf: typeof CelMap.of;
}

function show(json: unknown, name: string, context: Context): Value {
  const { unknowns, mapOf } = context;
  if (isOpen(json)) return unknowns.value(`${name} ${WHAT}`);
  if (typeof json !== 'object' || json === null || json instanceof Double) return fromJson(json);
  if (Array.isArray(json)) {
    return json.map((item, index) => show(item, `${name}[${index}]`, context));
  }
  const entries = Object.entries(json).filter(([, value]) => value !== undefined);
  const known = mapOf(
    entries
      .filter(([, value]) => !isOpen(value))
      .map(([key, value]) => [key.toWellFormed(), show(value, `${name}.${key}`, context)]),
  );
  const open = entries.filter(([, value]) => isOpen(value));
  if (open.length === 0) return known;
  const unknown = new Map(open.map(([key]) => [key, `${name}.${key} ${WHAT}`]));
  return new PartlyKnownMap(known, unknown, unknowns);
}

/** A list of which one element is open is open as a whole: lists cannot tell that somebody compares their elements. */
function isOpen(json: unknown): boolean {
  return json instanceof Undetermined || (Array.isArray(json) && json.some(isOpen));
}
