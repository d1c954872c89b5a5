import { Double, fromJson } from '../cel/json.ts';
import { CelMap, type Value } from '../cel/values.ts';
import { Undetermined } from '../objects/undetermined.ts';
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
  if (typeof json !== 'object' || json === null || json instanceof Double) return fromJson(json);
  if (Array.isArray(json)) {
    return json.map((item, index) => objectValue(item, `${name}[${index}]`, unknowns));
  }
  const entries = Object.entries(json).filter(([, value]) => value !== undefined);
  const known = CelMap.of(
    entries
      .filter(([, value]) => !isOpen(value))
      .map(([key, value]) => [key.toWellFormed(), objectValue(value, `${name}.${key}`, unknowns)]),
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
