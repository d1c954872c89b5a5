// How a Go struct shows itself to CEL: as the JSON it would be written to, fields that JSON leaves out left out.
import type { Struct } from './decode.ts';
import { type Field, fieldsOf, type GoType, type StructName } from './go-types.ts';
import { isObject, type JsonObject, mapValues } from './json.ts';
import { ZERO } from './scalars.ts';
import { Undetermined } from './undetermined.ts';

/** Returns the struct as CEL sees it. */
export function view(struct: StructName, value: Struct): JsonObject {
  const seen: Struct = {};
  for (const field of fieldsOf(struct)) {
    const given = value[field.name];
    if (!canOmit(field, given)) seen[field.name] = show(field.type, given);
  }
  return seen;
}

/** Of structs only omitzero leaves any out, and of those there is just the time that was never set. */
function canOmit({ type, omit }: Field, value: unknown): boolean {
  if (omit === 'never' || value instanceof Undetermined) return false;
  if (value === undefined) return omit === 'zero' || !isGoStruct(type);
  return (
    (type.kind === 'slice' || type.kind === 'map') && Object.keys(value as object).length === 0
  );
}

const STRUCT_SCALARS: ReadonlySet<string> = new Set(['Time', 'Quantity', 'IntOrString']);

function isGoStruct(type: GoType): boolean {
  return type.kind === 'struct' || (type.kind === 'scalar' && STRUCT_SCALARS.has(type.name));
}

function show(type: GoType, value: unknown): unknown {
  if (value === undefined) return type.kind === 'scalar' ? ZERO[type.name] : null;
  if (value === null || value instanceof Undetermined) return value;
  switch (type.kind) {
    case 'struct':
      return view(type.name, value as Struct);
    case 'pointer':
      return show(type.to, value);
    case 'slice':
      return (value as unknown[]).map((item) => show(type.of, item));
    case 'map':
      return isObject(value) ? mapValues(value, (item) => show(type.of, item)) : value;
    case 'scalar':
      return value;
  }
}
