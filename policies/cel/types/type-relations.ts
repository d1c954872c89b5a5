import { formatType, type Type } from './types.ts';

/** Protobuf's type of any message; the checker takes it for dyn. */
export const ANY: Type = { kind: 'object', name: 'google.protobuf.Any' };

const OPTIONAL = 'optional_type';

export function isDynamic(type: Type): boolean {
  return type.kind === 'dyn' || (type.kind === 'object' && type.name === 'google.protobuf.Any');
}

export function isDynamicOrError(type: Type): boolean {
  return type.kind === 'error' || isDynamic(type);
}

/** Returns T of optional_type(T), undefined for any other type. */
export function optionalValue(type: Type): Type | undefined {
  return type.kind === 'opaque' && type.name === OPTIONAL ? type.parameters[0] : undefined;
}

const NONE: readonly Type[] = [];

/** Returns the types that a type is made of: the element of a list, the key and value of a map. */
export function partsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'list':
      return [type.element];
    case 'map':
      return [type.key, type.value];
    case 'type':
      return type.of ? [type.of] : NONE;
    case 'opaque':
      return type.parameters;
    default:
      return NONE;
  }
}

/** Returns the type with each of its parts changed, and the type itself where none changes. */
export function mapParts(type: Type, change: (part: Type) => Type): Type {
  const parts = partsOf(type);
  if (parts.length === 0) return type;
  const changed = parts.map(change);
  return changed.every((part, i) => part === parts[i]) ? type : withParts(type, changed);
}

function withParts(type: Type, parts: readonly Type[]): Type {
  const [first, second] = parts;
  if (type.kind === 'list' && first) return { kind: 'list', element: first };
  if (type.kind === 'map' && first && second) return { kind: 'map', key: first, value: second };
  if (type.kind === 'type' && first) return { kind: 'type', of: first };
  return type.kind === 'opaque' ? { ...type, parameters: parts } : type;
}

function nameOf(type: Type): string | undefined {
  return 'name' in type ? type.name : undefined;
}

/** Whether two types are the same, down to the names of type parameters. A wrapper is the same as what it wraps. */
export function isSameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || nameOf(a) !== nameOf(b)) return false;
  const left = partsOf(a);
  const right = partsOf(b);
  return (
    left.length === right.length && left.every((part, i) => isSameType(part, right[i] as Type))
  );
}

/** Whether the type is a type parameter or dynamic, i.e. matches types other than itself. */
function isOpen(type: Type): boolean {
  return type.kind === 'parameter' || isDynamic(type);
}

function isAsGeneral(a: Type, b: Type): boolean {
  if (isOpen(a)) return true;
  if (isOpen(b) || a.kind !== b.kind || nameOf(a) !== nameOf(b)) return false;
  if (a.kind === 'type') return true;
  const left = partsOf(a);
  const right = partsOf(b);
  return (
    left.length === right.length && left.every((part, i) => isAsGeneral(part, right[i] as Type))
  );
}

/** Returns the more general of two types, one of which can be assigned to the other. */
export function mostGeneral(a: Type, b: Type): Type {
  return isAsGeneral(a, b) ? a : b;
}

const NULLABLE: ReadonlySet<Type['kind']> = new Set([
  'opaque',
  'object',
  'duration',
  'timestamp',
  'null',
]);

/** Whether null can be assigned to the type. */
export function isNullable(type: Type): boolean {
  return NULLABLE.has(type.kind) || ('nullable' in type && type.nullable === true);
}

/** Names that the messages of the checker use in place of the full ones. */
const SHORT: Partial<Record<Type['kind'], string>> = { null: 'null', error: '!error!' };

/** Returns the type as the messages of cel-go's checker write it: `duration`, `null`, `list(_var0)`. */
export function describeType(type: Type): string {
  if (type.kind === 'object') return isDynamic(type) ? 'any' : type.name;
  const name = nameOf(type) ?? plainName(type);
  const parts = partsOf(type);
  return parts.length ? `${name}(${parts.map(describeType).join(', ')})` : name;
}

/** Returns what the messages say where one type stands in place of another. */
export function describeMismatch(expected: Type, found: Type): string {
  return `expected type '${describeType(expected)}' but found '${describeType(found)}'`;
}

function plainName(type: Type): string {
  if ('nullable' in type && type.nullable) return `wrapper(${type.kind})`;
  return SHORT[type.kind] ?? type.kind;
}

/** Returns the name of the type without its parts: `list`, `google.protobuf.Duration`, `kubernetes.Quantity`. */
export function typeName(type: Type): string {
  const isPlain = type.kind !== 'list' && type.kind !== 'map' && type.kind !== 'type';
  if ('nullable' in type) return type.kind;
  return nameOf(type) ?? (isPlain ? formatType(type) : type.kind);
}
