import test from 'ava';
import { diff, equalJson } from '../../gitops/diff.ts';
import type { KubeObject } from '../../gitops/objects.ts';

const changed = (path: string, from: unknown, to: unknown) => ({ path, from, to });

const rows: { title: string; desired: object; live: object; want: object[] }[] = [
  { title: 'nothing wanted, nothing changed', desired: {}, live: { a: 1 }, want: [] },
  { title: 'equal', desired: { a: 1, b: 'x', c: true }, live: { c: true, b: 'x', a: 1 }, want: [] },
  {
    title: 'fields of others are theirs',
    desired: { a: { b: 1 } },
    live: { a: { b: 1, c: 2 }, d: 3 },
    want: [],
  },
  { title: 'another value', desired: { a: 1 }, live: { a: 2 }, want: [changed('spec.a', 2, 1)] },
  {
    title: 'a missing value',
    desired: { a: 1 },
    live: {},
    want: [changed('spec.a', undefined, 1)],
  },
  {
    title: 'a value of another type',
    desired: { a: 1 },
    live: { a: '1' },
    want: [changed('spec.a', '1', 1)],
  },
  {
    title: 'false is not absent',
    desired: { a: false },
    live: {},
    want: [changed('spec.a', undefined, false)],
  },
  {
    title: 'zero is not absent',
    desired: { a: 0 },
    live: {},
    want: [changed('spec.a', undefined, 0)],
  },
  {
    title: 'several, in order',
    desired: { a: 1, b: { c: 2 } },
    live: { b: {} },
    want: [changed('spec.a', undefined, 1), changed('spec.b.c', undefined, 2)],
  },
  {
    title: 'a map that is missing: its values',
    desired: { a: { b: 1 } },
    live: {},
    want: [changed('spec.a.b', undefined, 1)],
  },
  {
    title: 'an empty map that is missing',
    desired: { a: {} },
    live: {},
    want: [changed('spec.a', undefined, {})],
  },
  {
    title: 'a scalar in the place of a map',
    desired: { a: { b: 1 } },
    live: { a: 5 },
    want: [changed('spec.a.b', undefined, 1)],
  },
  {
    title: 'a list in the place of a map',
    desired: { a: { b: 1 } },
    live: { a: [1] },
    want: [changed('spec.a.b', undefined, 1)],
  },
  {
    title: 'null in the place of a map',
    desired: { a: { b: 1 } },
    live: { a: null },
    want: [changed('spec.a.b', undefined, 1)],
  },
  {
    title: 'names of the prototype are not there',
    desired: { constructor: 'x' },
    live: {},
    want: [changed('spec.constructor', Object, 'x')],
  },
  {
    title: 'a plain list is compared whole',
    desired: { a: ['x', 'y'] },
    live: { a: ['y', 'x'] },
    want: [changed('spec.a', ['y', 'x'], ['x', 'y'])],
  },
  {
    title: 'a plain list that is longer',
    desired: { a: ['x'] },
    live: { a: ['x', 'y'] },
    want: [changed('spec.a', ['x', 'y'], ['x'])],
  },
  { title: 'a plain list that is equal', desired: { a: ['x'] }, live: { a: ['x'] }, want: [] },
  {
    title: 'a list that is missing',
    desired: { a: ['x'] },
    live: {},
    want: [changed('spec.a', undefined, ['x'])],
  },
  {
    title: 'maps in a plain list may have more',
    desired: { a: [{ host: 'x' }] },
    live: { a: [{ host: 'x', extra: 1 }] },
    want: [],
  },
  {
    title: 'named items by name',
    desired: { a: [{ name: 'x', v: 1 }] },
    live: { a: [{ name: 'mesh' }, { name: 'x', v: 2 }] },
    want: [changed('spec.a[x].v', 2, 1)],
  },
  {
    title: 'named items of others are theirs',
    desired: { a: [{ name: 'x' }] },
    live: { a: [{ name: 'x' }, { name: 'mesh' }] },
    want: [],
  },
  {
    title: 'named items in another order',
    desired: { a: [{ name: 'x' }, { name: 'y' }] },
    live: { a: [{ name: 'y' }, { name: 'x' }] },
    want: [],
  },
  {
    title: 'a named item that is missing',
    desired: { a: [{ name: 'x', v: 1 }] },
    live: { a: [{ name: 'y' }] },
    want: [changed('spec.a[x].name', undefined, 'x'), changed('spec.a[x].v', undefined, 1)],
  },
  {
    title: 'items with a uid by uid',
    desired: { a: [{ uid: '1', name: 'x', c: true }] },
    live: { a: [{ uid: '2', name: 'x', c: true }] },
    want: [
      changed('spec.a[1].uid', undefined, '1'),
      changed('spec.a[1].name', undefined, 'x'),
      changed('spec.a[1].c', undefined, true),
    ],
  },
  {
    title: 'a scalar in the place of named items',
    desired: { a: [{ name: 'x' }] },
    live: { a: 'x' },
    want: [changed('spec.a[x].name', undefined, 'x')],
  },
  {
    title: 'a quantity written differently',
    desired: { resources: { requests: { cpu: '0.5' } } },
    live: { resources: { requests: { cpu: '500m' } } },
    want: [],
  },
  {
    title: 'another quantity',
    desired: { resources: { limits: { cpu: '0.5' } } },
    live: { resources: { limits: { cpu: '50m' } } },
    want: [changed('spec.resources.limits.cpu', '50m', '0.5')],
  },
  {
    title: 'a quantity that is missing',
    desired: { resources: { limits: { cpu: '1' } } },
    live: {},
    want: [changed('spec.resources.limits.cpu', undefined, '1')],
  },
  {
    title: 'what is no quantity is compared as text',
    desired: { resources: { limits: { cpu: 'x' } } },
    live: { resources: { limits: { cpu: 'y' } } },
    want: [changed('spec.resources.limits.cpu', 'y', 'x')],
  },
  {
    title: 'an amount elsewhere is no quantity',
    desired: { value: '0.5' },
    live: { value: '500m' },
    want: [changed('spec.value', '500m', '0.5')],
  },
];

for (const { title, desired, live, want } of rows) {
  test(`diff: ${title}`, (t) => {
    t.deepEqual(diff(object(desired), object(live)), want as never);
  });
}

const json: { title: string; a: unknown; b: unknown; want: boolean }[] = [
  { title: 'scalars', a: 1, b: 1, want: true },
  { title: 'other scalars', a: 1, b: 2, want: false },
  { title: 'types', a: 1, b: '1', want: false },
  {
    title: 'order of fields',
    a: { a: 1, b: { c: 2, d: 3 } },
    b: { b: { d: 3, c: 2 }, a: 1 },
    want: true,
  },
  { title: 'a field more on the left', a: { a: 1, b: 2 }, b: { a: 1 }, want: false },
  { title: 'a field more on the right', a: { a: 1 }, b: { a: 1, b: 2 }, want: false },
  {
    title: 'an item more on the right',
    a: [{ name: 'x' }],
    b: [{ name: 'x' }, { name: 'y' }],
    want: false,
  },
  {
    title: 'an item more on the left',
    a: [{ name: 'x' }, { name: 'y' }],
    b: [{ name: 'x' }],
    want: false,
  },
  { title: 'a deep field more', a: { a: [{ b: 1 }] }, b: { a: [{ b: 1, c: 2 }] }, want: false },
  { title: 'order of plain lists', a: ['x', 'y'], b: ['y', 'x'], want: false },
  {
    title: 'a condition that changed',
    a: [{ type: 'Ready', status: 'True' }],
    b: [{ type: 'Ready', status: 'False' }],
    want: false,
  },
  { title: 'nothing and nothing', a: undefined, b: undefined, want: true },
  { title: 'nothing and something', a: undefined, b: { a: 1 }, want: false },
  { title: 'something and nothing', a: { a: 1 }, b: undefined, want: false },
  { title: 'null and an empty text', a: { a: null }, b: { a: '' }, want: false },
  { title: 'absent and empty list', a: {}, b: { a: [] }, want: false },
  { title: 'absent and empty map', a: {}, b: { a: {} }, want: false },
  { title: 'empty list and empty map', a: { a: [] }, b: { a: {} }, want: false },
  {
    title: 'two of one name are not one',
    a: [{ name: 'x' }, { name: 'x' }],
    b: [{ name: 'x' }],
    want: false,
  },
];

for (const { title, a, b, want } of json) {
  test(`equalJson: ${title}`, (t) => {
    t.is(equalJson(a, b), want);
    t.is(equalJson(b, a), want);
  });
}

function object(spec: object): KubeObject {
  return { apiVersion: 'v1', kind: 'Any', metadata: { name: 'a' }, spec };
}
