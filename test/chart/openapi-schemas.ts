// JSON Schemas for kubeconform, from what an API server says of its objects; those on the internet know no CRD.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Schema {
  readonly [key: string]: unknown;
}

interface Definition extends Schema {
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

/** How kubeconform finds the files that are written here. */
export const LOCATION = '{{ .ResourceKind }}{{ .KindSuffix }}.json';

/** Writes one file for each kind in `/openapi/v2` into a folder and returns how many there are. */
export async function writeSchemas(openapi: string, folder: string): Promise<number> {
  const { definitions } = JSON.parse(openapi) as { definitions: Record<string, Definition> };
  const strict = Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => [name, closed(schema) as Schema]),
  );
  let count = 0;
  for (const [name, definition] of Object.entries(definitions)) {
    const kinds = definition['x-kubernetes-group-version-kind'] ?? [];
    if (kinds.length === 0) continue;
    const text = JSON.stringify({ ...strict[name], definitions: reachable(name, strict) });
    for (const { kind, group, version } of kinds) {
      const suffix = [group.split('.')[0], version].filter(Boolean).join('-');
      await writeFile(join(folder, `${kind.toLowerCase()}-${suffix}.json`), text);
      count++;
    }
  }
  return count;
}

const SAID_ELSEWHERE = /^x-|^(format|default|description)$/;

/** Fields that are not named are refused, as the API server does with strict validation. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { properties, ...rest } = schema as Schema;
  if (rest.format === 'int-or-string') return { type: ['string', 'integer'] };
  const kept = Object.entries(rest).filter(([key]) => !SAID_ELSEWHERE.test(key));
  const result = Object.fromEntries(kept.map(([key, value]) => [key, closed(value)]));
  if (properties === undefined) return result;
  const fields = Object.entries(properties as Schema).map(([key, value]) => [key, closed(value)]);
  const isOpen = rest['x-kubernetes-preserve-unknown-fields'] === true;
  return { additionalProperties: isOpen, ...result, properties: Object.fromEntries(fields) };
}

/** Returns the definitions that a schema refers to, and those that these refer to. */
function reachable(name: string, all: Readonly<Record<string, Schema>>): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [, other = ''] of JSON.stringify(all[next]).matchAll(
      /"\$ref":"#\/definitions\/([^"]+)"/g,
    )) {
      const schema = all[other];
      if (found[other] || schema === undefined) continue;
      found[other] = schema;
      open.push(other);
    }
  }
  return found;
}
