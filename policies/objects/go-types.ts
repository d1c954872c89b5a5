// The Go structs behind native kinds, read from their notation in go-structs.gen.ts.
import { GO_STRUCTS } from './go-structs.gen.ts';

export type Scalar =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'bytes'
  | 'Time'
  | 'Quantity'
  | 'IntOrString'
  | 'FieldsV1';

export type GoType =
  | { readonly kind: 'scalar'; readonly name: Scalar }
  | { readonly kind: 'struct'; readonly name: StructName }
  | { readonly kind: 'pointer'; readonly to: GoType }
  | { readonly kind: 'slice'; readonly of: GoType }
  | { readonly kind: 'map'; readonly of: GoType; readonly name?: 'ResourceList' };

export type StructName = keyof typeof GO_STRUCTS;

export interface Field {
  readonly name: string;
  readonly type: GoType;
  /** When the field is absent from JSON: where empty, where zero, or never. A struct is never empty. */
  readonly omit: 'empty' | 'zero' | 'never';
}

const SCALARS: ReadonlySet<string> = new Set<Scalar>([
  'string',
  'bool',
  'int32',
  'int64',
  'bytes',
  'Time',
  'Quantity',
  'IntOrString',
  'FieldsV1',
]);
const FIELD = /^(\w+)([?!]?) (.+)$/;
const OMIT = { '?': 'empty', '!': 'zero', '': 'never' } as const;

const known = new Map<StructName, readonly Field[]>();

/** Returns the fields of a struct, those of embedded structs among them. */
export function fieldsOf(struct: StructName): readonly Field[] {
  let fields = known.get(struct);
  if (fields === undefined) {
    fields = GO_STRUCTS[struct].split('; ').map(parseField);
    known.set(struct, fields);
  }
  return fields;
}

function parseField(text: string): Field {
  const [, name = '', mark = '', type = ''] = FIELD.exec(text) ?? [];
  return { name, type: parseType(type), omit: OMIT[mark as keyof typeof OMIT] };
}

const MAP = /^map\[string\]/;

function parseType(text: string): GoType {
  if (text.startsWith('*')) return { kind: 'pointer', to: parseType(text.slice(1)) };
  if (text.startsWith('[]')) return { kind: 'slice', of: parseType(text.slice(2)) };
  if (MAP.test(text)) return { kind: 'map', of: parseType(text.replace(MAP, '')) };
  if (text === 'ResourceList') {
    return { kind: 'map', of: { kind: 'scalar', name: 'Quantity' }, name: text };
  }
  return SCALARS.has(text)
    ? { kind: 'scalar', name: text as Scalar }
    : { kind: 'struct', name: text as StructName };
}
