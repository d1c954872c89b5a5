// What the API server fills in and what it refuses: of our own kinds by their CRDs, of the others what matters here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { load } from 'js-yaml';
import type { Cause } from '../../gitops/api-error.ts';
import { isFields } from '../../gitops/diff.ts';
import { DEPLOYMENT, type Kind, SERVICE, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { quantityMilli } from '../../gitops/quantity.ts';

interface Schema {
  readonly type?: string;
  readonly default?: unknown;
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
}

const CRD = join(import.meta.dirname, '../../infra/crd');
const schemas = new Map(
  [WEBAPP, WEBAPP_SOURCE].map(({ kind }) => {
    const text = readFileSync(join(CRD, `${kind.toLowerCase()}.yaml`), 'utf8');
    const { spec } = load(text) as {
      spec: { versions: [{ schema: { openAPIV3Schema: Schema } }] };
    };
    return [kind, spec.versions[0].schema.openAPIV3Schema];
  }),
);

/** Returns the object with what its kind fills in. */
export function withDefaults(of: Kind, object: KubeObject): KubeObject {
  const schema = schemas.get(of.kind);
  if (schema) return fill(schema, object) as KubeObject;
  if (of.kind !== DEPLOYMENT.kind) return object;
  return { ...object, spec: { replicas: 1, ...(object.spec as object) } };
}

function fill(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => fill(schema.items ?? {}, item));
  if (!isFields(value)) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const [key, below] of Object.entries(schema.properties ?? {})) {
    const there = filled[key] ?? below.default;
    if (there !== undefined) filled[key] = fill(below, there);
  }
  return filled;
}

/** Returns the fields that the object's kind does not know or whose type is another: path and complaint. */
export function undeclared(of: Kind, object: KubeObject): Cause[] {
  const schema = schemas.get(of.kind);
  return schema ? walk(schema, object, '').filter(isOfType) : [];
}

/** Returns what the API server says of values that are of the right type and yet wrong. */
export function invalid(of: Kind, object: KubeObject, before?: KubeObject): Cause[] {
  const schema = schemas.get(of.kind);
  if (schema) return walk(schema, object, '').filter((cause) => !isOfType(cause));
  if (of.kind === SERVICE.kind) {
    return twice(portsOf(object.spec).map(({ name }) => name)).map((name) => ({
      field: 'spec.ports[1].name',
      message: `Duplicate value: "${name}"`,
    }));
  }
  if (of.kind !== DEPLOYMENT.kind) return [];
  const moved = before !== undefined && !isDeepStrictEqual(selectorOf(before), selectorOf(object));
  return [
    ...(moved ? [{ field: 'spec.selector', message: 'field is immutable' }] : []),
    ...containersOf(object).flatMap(wrongInContainer),
  ];
}

function selectorOf({ spec }: KubeObject): unknown {
  return (spec as { selector: object }).selector;
}

const UNKNOWN = 'field not declared in schema';
const isOfType = ({ message }: Cause) => message === UNKNOWN || message.startsWith('expected ');

function walk(schema: Schema, value: unknown, path: string): Cause[] {
  if (path === 'metadata') return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, at) => walk(schema.items ?? {}, item, `${path}[${at}]`));
  }
  return isFields(value)
    ? walkFields(schema, value, path)
    : scalar(schema, value).map((message) => ({ field: path, message }));
}

function walkFields(schema: Schema, value: Record<string, unknown>, path: string): Cause[] {
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  const missing = (schema.required ?? []).filter((key) => !(key in value));
  return [
    ...missing.map((key) => ({ field: at(key), message: 'Required value' })),
    ...Object.entries(value).flatMap(([key, member]) => {
      const below = schema.properties ? schema.properties[key] : schema.additionalProperties;
      return below ? walk(below, member, at(key)) : [{ field: at(key), message: UNKNOWN }];
    }),
  ];
}

function scalar(schema: Schema, value: unknown): string[] {
  const expected = expectedInstead(schema, value);
  if (expected) return [`expected ${expected}, got ${typeof value}`];
  const { pattern = '' } = schema;
  const shown = `Invalid value: ${JSON.stringify(value)}`;
  if (typeof value === 'number') return outside(schema, value).map((rest) => shown + rest);
  if (schema.enum && !schema.enum.includes(value)) return [`Unsupported value: ${value}`];
  return new RegExp(pattern).test(String(value)) ? [] : [`${shown}: should match '${pattern}'`];
}

const EXPECTED: Readonly<Record<string, { readonly name: string; readonly is?: string }>> = {
  integer: { name: 'numeric (int or float)', is: 'number' },
  string: { name: 'string', is: 'string' },
  array: { name: 'list' },
  object: { name: 'map' },
};

function expectedInstead({ type = '' }: Schema, value: unknown): string | undefined {
  const expected = EXPECTED[type];
  return expected && typeof value !== expected.is ? expected.name : undefined;
}

function outside({ minimum = -Infinity, maximum = Infinity }: Schema, value: number): string[] {
  return [
    ...(value < minimum ? [`: should be greater than or equal to ${minimum}`] : []),
    ...(value > maximum ? [`: should be less than or equal to ${maximum}`] : []),
  ];
}

interface Container {
  readonly ports?: readonly { name?: string }[];
  readonly resources?: Record<'requests' | 'limits', Record<string, string> | undefined>;
}

function portsOf(holder: unknown): readonly { name?: string }[] {
  return (holder as Container | undefined)?.ports ?? [];
}

function containersOf({ spec }: KubeObject): readonly Container[] {
  return (spec as { template: { spec: { containers: Container[] } } }).template.spec.containers;
}

function wrongInContainer(container: Container): Cause[] {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const field = 'spec.template.spec.containers[0].resources.requests';
  const tooMuch = Object.entries(requests).filter(([name, amount]) => {
    const most = quantityMilli(limits[name] ?? amount) ?? 0n;
    return (quantityMilli(amount) ?? 0n) > most;
  });
  return [
    ...tooMuch.map(([name, amount]) => ({
      field,
      message: `Invalid value: "${amount}": must be less than or equal to ${name} limit of ${limits[name]}`,
    })),
    ...twice(portsOf(container).map(({ name }) => name)).map((name) => ({
      field: 'spec.template.spec.containers[0].ports[1].name',
      message: `Duplicate value: "${name}"`,
    })),
  ];
}

function twice(names: readonly (string | undefined)[]): string[] {
  return names.filter((name, at): name is string => name !== undefined && names.indexOf(name) < at);
}
