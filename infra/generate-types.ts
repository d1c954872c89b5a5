// The types and schemas of gitops/, from the CRDs.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

const root = join(import.meta.dirname, '..');
const header = '// Generated from infra/crd by `npm run generate`. Do not edit.\n';

interface Crd {
  spec: { names: { kind: string }; versions: { schema: { openAPIV3Schema: SchemaNode } }[] };
}

interface SchemaNode {
  [key: string]: unknown;
  required?: string[];
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
  additionalProperties?: SchemaNode | boolean;
}

/** Returns the generated files, by path from the root. */
export async function typeFiles(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['gitops/webapp.gen.ts', await generateTypes()],
    ['gitops/webapp-definition.gen.ts', await generateDefinition()],
  ]);
}

async function generateTypes(): Promise<string> {
  const kinds = await Promise.all(['webapp', 'webappsource', 'policybundle'].map(typesOf));
  return `${header}\n${kinds.join('\n')}`;
}

/** The definition of WebApp as data: functions are bundled and read no files. */
async function generateDefinition(): Promise<string> {
  const definition = JSON.stringify(await crdOf('webapp'), undefined, 2);
  return `${header}\n/** The CustomResourceDefinition of WebApp. */\nexport const webappDefinition: Readonly<Record<string, unknown>> = ${definition};\n`;
}

async function crdOf(name: string): Promise<Crd> {
  return load(await readFile(join(root, 'infra', 'crd', `${name}.yaml`), 'utf8')) as Crd;
}

async function typesOf(name: string): Promise<string> {
  const crd = await crdOf(name);
  const { properties = {} } = crd.spec.versions[0]?.schema.openAPIV3Schema ?? {};
  const kind = crd.spec.names.kind;
  const parts = ['spec', 'status']
    .filter((part) => part in properties)
    .map((part) =>
      compile(closed(properties[part] ?? {}) as JSONSchema, `${kind}-${part}`, {
        bannerComment: '',
        format: true,
        style: { singleQuote: true, printWidth: 100 },
      }),
    );
  return (await Promise.all(parts)).join('\n');
}

/** The API server prunes unknown fields, so the types are closed; its int-or-string is spelled out. */
function closed(node: SchemaNode): SchemaNode {
  if (node['x-kubernetes-int-or-string']) return { type: ['integer', 'string'] };
  // The bound of a list would become a union of tuples.
  const { maxItems: _maxItems, ...rest } = node;
  const each = (nodes: Record<string, SchemaNode>) =>
    Object.fromEntries(Object.entries(nodes).map(([key, value]) => [key, closed(value)]));
  return {
    ...rest,
    ...(node.properties && { required: present(node) }),
    ...(node.items && { items: closed(node.items) }),
    ...(node.properties && { properties: each(node.properties), additionalProperties: false }),
    ...(typeof node.additionalProperties === 'object' && {
      additionalProperties: closed(node.additionalProperties),
    }),
  };
}

/** The API server fills in defaults, so a field with a default is present in every object read. */
function present({ required = [], properties = {} }: SchemaNode): string[] {
  const defaulted = Object.keys(properties).filter((key) => 'default' in (properties[key] ?? {}));
  return [...new Set([...required, ...defaulted])];
}
