import test from 'ava';
import { createdCustom } from '../../../policies/objects/custom-resource.ts';
import { Undecodable } from '../../../policies/objects/failures.ts';
import type { Structural } from '../../../policies/objects/structural.ts';

interface Case {
  readonly title: string;
  readonly schema: Structural;
  readonly given: unknown;
  readonly shown: unknown;
}

const PRESERVE = { 'x-kubernetes-preserve-unknown-fields': true } as const;
const EMBEDDED = { 'x-kubernetes-embedded-resource': true } as const;
const TEXT: Structural = {};

const CASES: readonly Case[] = [
  {
    title: 'unknown fields go',
    schema: { properties: { a: TEXT } },
    given: { a: 'x', b: { c: 1 } },
    shown: { a: 'x' },
  },
  {
    title: 'unknown fields of objects in lists go',
    schema: { properties: { a: { items: { properties: { b: TEXT } } } } },
    given: { a: [{ b: 'x', c: 1 }, [{ c: 1 }], 1] },
    shown: { a: [{ b: 'x' }, [{}], 1] },
  },
  {
    title: 'unknown fields stay where they are preserved, but not within known ones',
    schema: { ...PRESERVE, properties: { a: { properties: { b: TEXT } } } },
    given: { a: { b: 'x', c: 1 }, d: { e: [{ f: null }] } },
    shown: { a: { b: 'x' }, d: { e: [{ f: null }] } },
  },
  {
    title: 'a list that preserves unknown fields preserves those of its objects',
    schema: {
      properties: { a: { ...PRESERVE, items: { properties: { b: { properties: {} } } } } },
    },
    given: { a: [{ b: { c: 1 }, d: 1 }] },
    shown: { a: [{ b: {}, d: 1 }] },
  },
  {
    title: 'additional properties have any key',
    schema: { additionalProperties: { properties: { a: TEXT } } },
    given: JSON.parse('{"x": {"a": "y", "b": 1}, "__proto__": {"a": "y"}}'),
    shown: JSON.parse('{"x": {"a": "y"}, "__proto__": {"a": "y"}}'),
  },
  {
    title: 'additional properties of no schema are emptied',
    schema: { additionalProperties: true },
    given: { x: { a: 1 }, y: 'z' },
    shown: { x: {}, y: 'z' },
  },
  {
    title: 'a name that every object inherits is no property',
    schema: { properties: { a: TEXT } },
    given: { constructor: { a: 1 }, toString: 'x' },
    shown: {},
  },
  {
    title: 'defaults are set where fields are missing, within defaults too',
    schema: { properties: { a: { default: {}, properties: { b: { default: 3 } } } } },
    given: {},
    shown: { a: { b: 3 } },
  },
  {
    title: 'nothing is set within what is missing',
    schema: { properties: { a: { properties: { b: { default: 3 } } } } },
    given: {},
    shown: {},
  },
  {
    title: 'a null is replaced by the default, dropped, or left where it may be null',
    schema: { properties: { a: { default: 1 }, b: TEXT, c: { nullable: true, default: 1 } } },
    given: { a: null, b: null, c: null },
    shown: { a: 1, c: null },
  },
  {
    title: 'nulls in lists are replaced, but not dropped',
    schema: { properties: { a: { items: { default: 7 } }, b: { items: {} } } },
    given: { a: [null, 1], b: [null] },
    shown: { a: [7, 1], b: [null] },
  },
  {
    title: 'nulls of additional properties are as those of properties',
    schema: { additionalProperties: { default: 'x' } },
    given: { a: null, b: 'y' },
    shown: { a: 'x', b: 'y' },
  },
  {
    title: 'an embedded resource keeps its type and known metadata',
    schema: { properties: { a: { ...EMBEDDED, properties: { spec: {} } } } },
    given: {
      a: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'x', unknown: 1, creationTimestamp: null, labels: {} },
        spec: { b: 1 },
        status: {},
      },
    },
    shown: { a: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: {} } },
  },
];

const HEAD = { apiVersion: 'example.com/v1', kind: 'X', metadata: { name: 'x' } };

function shown(schema: Structural, given: unknown): unknown {
  const openAPIV3Schema = { properties: { spec: schema } };
  const resource = { scope: 'Namespaced', schema: { openAPIV3Schema } } as const;
  return createdCustom({ resource, namespace: 'default' }, { ...HEAD, spec: given }).spec;
}

for (const { title, schema, given, shown: expected } of CASES) {
  test(title, (t) => t.deepEqual(shown(schema, given), expected));
}

test('an embedded resource whose type is no text is refused', (t) => {
  const schema = { properties: { a: EMBEDDED } };
  const error = t.throws(() => shown(schema, { a: { kind: 1 } }), { instanceOf: Undecodable });
  t.is(error?.message, 'spec.a.kind must be a string');
});
