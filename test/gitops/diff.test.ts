import test from 'ava';
import { diff } from '../../gitops/diff.ts';
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
  { title: 'an empty map that is there', desired: { a: {} }, live: { a: {} }, want: [] },
  { title: 'an empty map that others filled', desired: { a: {} }, live: { a: { b: 1 } }, want: [] },
  {
    title: 'a scalar in the place of an empty map',
    desired: { a: {} },
    live: { a: 5 },
    want: [changed('spec.a', 5, {})],
  },
  {
    title: 'a list in the place of an empty map',
    desired: { a: {} },
    live: { a: [] },
    want: [changed('spec.a', [], {})],
  },
  {
    title: 'an empty list that is missing',
    desired: { a: [] },
    live: {},
    want: [changed('spec.a', undefined, [])],
  },
  { title: 'an empty list that is there', desired: { a: [] }, live: { a: [] }, want: [] },
  {
    title: 'a map in the place of an empty list',
    desired: { a: [] },
    live: { a: {} },
    want: [changed('spec.a', {}, [])],
  },
  {
    title: 'an empty map in an item that is missing',
    desired: { a: [{ name: 'x', b: {} }] },
    live: { a: [{ name: 'x' }] },
    want: [changed('spec.a[x].b', undefined, {})],
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

function object(spec: object): KubeObject {
  return { apiVersion: 'v1', kind: 'Any', metadata: { name: 'a' }, spec };
}
