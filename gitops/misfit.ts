// WebApps that are no WebApps: with a value of another type than the definition declares. Files and pull requests hold
// what no API server has looked at; whoever computes with it must not fail on it.
import { isFields } from './diff.ts';
import { webappDefinition } from './webapp-definition.gen.ts';

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isFields,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => typeof value === 'bigint' || Number.isInteger(value),
  number: (value) => typeof value === 'bigint' || typeof value === 'number',
};

/**
 * Returns what is wrong with the first field of the spec that the API server would refuse for its type, before it asks
 * any policy; undefined where there is none. Other rules are the API server's alone.
 */
export function misfitOf({ spec }: Readonly<Record<string, unknown>>): string | undefined {
  return misfit(spec, SPEC, 'spec');
}

const SPEC = specSchema();

function specSchema(): Schema {
  const { versions } = webappDefinition.spec as {
    versions: readonly { schema: { openAPIV3Schema: Schema } }[];
  };
  return versions[0]?.schema.openAPIV3Schema.properties?.spec ?? {};
}

function misfit(value: unknown, schema: Schema, path: string): string | undefined {
  const { type, properties = {}, additionalProperties, items } = schema;
  if (type !== undefined && TYPES[type]?.(value) === false)
    return `${path} must be of type ${type}`;
  if (Array.isArray(value)) {
    return first(value.map((item, index) => [item, items ?? {}, `${path}[${index}]`]));
  }
  if (!isFields(value)) return undefined;
  const others = typeof additionalProperties === 'object' ? additionalProperties : {};
  return first(
    Object.entries(value).map(([key, field]) => [
      field,
      properties[key] ?? others,
      `${path}.${key}`,
    ]),
  );
}

function first(parts: readonly [unknown, Schema, string][]): string | undefined {
  for (const part of parts) {
    const wrong = misfit(...part);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
