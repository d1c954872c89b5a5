// PolicyTest: a committed object with the cases that the policies beside it are held to.
import { type LoadedPolicy, REASONS } from '../../policies/index.ts';
import { items, objectWith, oneOf, requiredText, text } from '../../policies/vap/load/decode.ts';
import { objectsOf } from '../../policies/vap/load/documents.ts';
import { instantOf } from '../../policies/vap/load/expiry.ts';
import { Field, isObject } from '../../policies/vap/load/field.ts';
import { identityOf, readMetadata } from '../../policies/vap/load/metadata.ts';
import type { KubeObject } from '../objects.ts';
import { type Reading, readObject, type WrittenObject } from '../offline/objects.ts';
import { readUser } from '../offline/read-user.ts';
import { mergePatch } from './merge-patch.ts';
import {
  type ExpectedFinding,
  OUTCOMES,
  type PolicyTest,
  TEST_KIND,
  TEST_VERSION,
  type TestCase,
} from './policy-test.ts';

/** What tests are read with. */
export interface TestReading extends Reading {
  readonly policies: readonly LoadedPolicy[];
  /** Returns the text of a file, by its path from the folder of the test; undefined where there is none. */
  readFile(
    from: string,
    path: string,
  ): { readonly path: string; readonly text: string } | undefined;
}

/** Returns whether the object is a test. */
export function isTest({ value }: Field): boolean {
  return isObject(value) && value.kind === TEST_KIND;
}

/** Returns the test of a document; a case that cannot be read is left out, which is a problem. */
export function readTest(root: Field, reading: TestReading): PolicyTest | undefined {
  requiredText(root.get('apiVersion'));
  oneOf(root.get('apiVersion'), [TEST_VERSION]);
  objectWith(root, ['apiVersion', 'kind', 'metadata', 'spec']);
  const metadata = readMetadata(root.get('metadata'), 'Namespaced');
  const spec = root.get('spec');
  if (objectWith(spec, ['policies', 'object', 'children', 'cases']) === undefined) {
    if (spec.missing) spec.require();
    return undefined;
  }
  const cases = items(spec.get('cases'));
  if (cases.length === 0) spec.get('cases').require('a test has cases');
  const policies = readPolicies(spec.get('policies'), reading);
  complainOfDuplicates(cases);
  const { path } = root.source;
  return {
    name: metadata?.name ?? path,
    path,
    ...(policies && { policies }),
    cases: cases.flatMap((_, index) => readCase(spec, index, reading) ?? []),
  };
}

function readPolicies(field: Field, { policies }: TestReading): string[] | undefined {
  if (field.missing) return undefined;
  const known = policies.map(({ policy }) => policy.metadata.name);
  if (items(field).length === 0) field.require('name a policy, or leave the field out to test all');
  return items(field).flatMap((item) => oneOf(item, known) ?? []);
}

function complainOfDuplicates(cases: readonly Field[]): void {
  const seen = new Set<unknown>();
  for (const each of cases) {
    const name = each.get('name');
    if (seen.has(name.value))
      name.complain('Duplicate value: name the cases of a test differently');
    if (!name.missing) seen.add(name.value);
  }
}

const CASE_FIELDS = [
  'name',
  'object',
  'patch',
  'oldObject',
  'operation',
  'params',
  'namespaceObject',
  'userInfo',
  'asOf',
  'children',
  'expect',
  'findings',
];

/** Undefined where the case cannot be run as it is meant. */
function readCase(spec: Field, index: number, reading: TestReading): TestCase | undefined {
  const field = spec.get('cases').get(index);
  const before = reading.problems.length;
  if (objectWith(field, CASE_FIELDS) === undefined) return undefined;
  const name = requiredText(field.get('name'));
  const written = readSubject(spec, index, reading);
  const expect = oneOf(field.get('expect'), OUTCOMES);
  const findings = readFindings(field.get('findings'));
  const rest = { ...readWrite(field, written, reading), ...readAbout(field, reading) };
  const children = readFlag(field.get('children')) ?? readFlag(spec.get('children')) ?? false;
  if (name === undefined || written === undefined || reading.problems.length > before)
    return undefined;
  return {
    name,
    place: field.place(),
    expectPlace: (expect ? field.get('expect') : field.get('name')).place(),
    resource: written.resource,
    children,
    ...rest,
    object: rest.object ?? null,
    ...(expect && { expect }),
    ...(findings && { findings }),
  };
}

/** The case's own object, else that of all cases; with the patch of the case. */
function readSubject(spec: Field, index: number, reading: TestReading): WrittenObject | undefined {
  const field = spec.get('cases').get(index);
  const given = field.get('object').missing ? spec.get('object') : field.get('object');
  if (given.missing) {
    field.get('object').require('the object that is written, or the file that has it');
    return undefined;
  }
  const source = objectOf(given, reading);
  const patch = field.get('patch');
  if (source === undefined || patch.missing) return source && readObject(source, reading);
  const path = ['spec', 'cases', index, 'patch'];
  const patched = new Field(field.source, mergePatch(source.value, patch.value), { path });
  return readObject(patched, reading);
}

/** A text names a file with one object. */
function objectOf(field: Field, { readFile, problems }: TestReading): Field | undefined {
  if (typeof field.value !== 'string') return field;
  const file = readFile(field.source.path, field.value);
  if (file === undefined) field.complain(`there is no file ${field.value} beside the test`);
  const objects = file ? [...objectsOf(file, problems)] : [];
  if (file && objects.length !== 1) field.complain('expected a file with one object');
  return objects.length === 1 ? objects[0] : undefined;
}

type Write = Pick<TestCase, 'oldObject'> & { readonly object?: TestCase['object'] };

function readWrite(field: Field, written: WrittenObject | undefined, reading: TestReading): Write {
  const [verb, old] = [field.get('operation'), field.get('oldObject')];
  const operation = oneOf(verb, ['CREATE', 'UPDATE', 'DELETE']);
  if (operation === 'UPDATE' && old.missing) old.require('what an update changes');
  if (operation === 'CREATE' && !old.missing) old.complain('a create has no old object');
  const oldObject = readOld(old, reading);
  const object = written?.object;
  if (operation !== 'DELETE') return { ...(object && { object }), ...(oldObject && { oldObject }) };
  const gone = oldObject ?? object;
  return gone ? { oldObject: gone } : {};
}

function readOld(field: Field, reading: TestReading): KubeObject | undefined {
  const source = field.missing ? undefined : objectOf(field, reading);
  return source && readObject(source, reading)?.object;
}

type AboutCase = Pick<TestCase, 'params' | 'namespaceObject' | 'userInfo' | 'now'>;

function readAbout(field: Field, reading: TestReading): AboutCase {
  const [params, space, user] = ['params', 'namespaceObject', 'userInfo'].map((key) =>
    field.get(key),
  ) as [Field, Field, Field];
  const namespaceObject = space.missing ? undefined : readObject(space, reading);
  if (namespaceObject && namespaceObject.resource.kind !== 'Namespace')
    space.complain('expected a Namespace of v1');
  const userInfo = user.missing ? undefined : readUser(user);
  const now = readInstant(field.get('asOf'));
  return {
    ...(!params.missing && { params: readParams(params) }),
    ...(namespaceObject && { namespaceObject: namespaceObject.object }),
    ...(userInfo && { userInfo }),
    ...(now !== undefined && { now }),
  };
}

/** Parameters may be of kinds that cannot be judged. */
function readParams(field: Field): NonNullable<TestCase['params']> {
  return items(field).flatMap((item) => {
    const named = identityOf(item.value)?.name !== undefined;
    if (!named) item.complain('expected an object with apiVersion, kind and metadata.name');
    return named ? [item.value as NonNullable<TestCase['params']>[number]] : [];
  });
}

function readInstant(field: Field): number | undefined {
  const written = text(field);
  if (written === undefined) return undefined;
  const instant = instantOf(written);
  if (instant === undefined)
    field.invalid(['must be a day (2026-12-31) or a time (2026-12-31T12:00:00Z)']);
  return instant;
}

function readFlag(field: Field): boolean | undefined {
  if (field.missing) return undefined;
  if (typeof field.value === 'boolean') return field.value;
  field.complain('expected true or false');
  return undefined;
}

function readFindings(field: Field): ExpectedFinding[] | undefined {
  if (field.missing) return undefined;
  return items(field).flatMap((item) => {
    if (!isObject(item.value)) item.complain('expected policy, and if you like message and reason');
    if (objectWith(item, ['policy', 'message', 'reason']) === undefined) return [];
    const policy = requiredText(item.get('policy'));
    const message = text(item.get('message'));
    const reason = oneOf(item.get('reason'), REASONS);
    if (policy === undefined) return [];
    return [{ policy, ...(message !== undefined && { message }), ...(reason && { reason }) }];
  });
}
