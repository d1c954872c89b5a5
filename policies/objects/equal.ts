// Equality of Go structs as the API server asks it to tell whether an update changes anything.
import type { Struct } from './decode.ts';
import { fieldsOf, type GoType, type StructName } from './go-types.ts';
import { equalJson } from './json.ts';
import { equalQuantities } from './quantity.ts';

/** Tells whether two structs mean the same: an empty list or map is none, a quantity is its amount. */
export function equalStructs(struct: StructName, a: object, b: object): boolean {
  const [left, right] = [a as Struct, b as Struct];
  return fieldsOf(struct).every(({ name, type }) => equalValues(type, left[name], right[name]));
}

/** Tells whether two values of a field mean the same; undefined stands for what was not given. */
export function equalValues(type: GoType, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  switch (type.kind) {
    case 'pointer':
      return a !== undefined && b !== undefined && equalValues(type.to, a, b);
    case 'struct':
      return equalStructs(type.name, a as object, b as object);
    case 'slice':
    case 'map':
      return equalEntries(type.of, Object(a ?? {}), Object(b ?? {}));
    case 'scalar':
      if (type.name === 'FieldsV1') return equalJson(a, b);
      return type.name === 'Quantity' && equalQuantities(String(a ?? '0'), String(b ?? '0'));
  }
}

function equalEntries(of: GoType, a: Struct, b: Struct): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalValues(of, a[key], b[key]))
  );
}
