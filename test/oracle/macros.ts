import {
  BOOL,
  DYN,
  INT,
  listOf,
  mapOf,
  optionalOf,
  STRING,
  type Type,
} from '../../policies/cel/types.ts';
import type { Surroundings } from './surroundings.ts';
import { leaf, type Tree } from './tree.ts';

type Shape = (depth: number, around: Surroundings) => Tree;

/** Returns a use of a macro that gives the type, or undefined where none does. */
export function macroOf(type: Type, depth: number, around: Surroundings): Tree | undefined {
  const shapes = shapesFor(type);
  return shapes.length === 0 ? undefined : around.random.pick(shapes)(depth - 1, around);
}

function shapesFor(type: Type): Shape[] {
  if (type.kind === 'bool')
    return [presence, ...['all', 'exists', 'exists_one'].flatMap(quantifiers)];
  if (type.kind === 'list') return listShapes(type);
  if (type.kind === 'map') return [transformMap(type)];
  if (type.kind === 'opaque' && type.name === 'optional_type' && type.parameters[0])
    return [optionalMap(type, type.parameters[0])];
  return [];
}

const PATHS = [
  'object.spec.replicas',
  'object.spec.missing',
  'object.metadata.labels.app',
  'object.list[0].a',
  'object.missing.a',
  'params.a',
  'object.nested.deep',
];

const presence: Shape = (_depth, { random }) => leaf(BOOL, `has(${random.pick(PATHS)})`);

function quantifiers(name: string): Shape[] {
  const one: Shape = (depth, around) => {
    const element = around.random.pick([INT, STRING, DYN, listOf(INT)]);
    const range = around.grow(listOf(element), depth);
    const variable = around.local(element);
    const body = around.within(variable).grow(BOOL, depth);
    return {
      type: BOOL,
      parts: [range, body],
      write: (a, b) => `${a}.${name}(${variable.name}, ${b})`,
    };
  };
  const two: Shape = (depth, around) => {
    const value = around.random.pick([INT, STRING, DYN]);
    const isMap = around.random.once(2);
    const range = around.grow(isMap ? mapOf(STRING, value) : listOf(value), depth);
    const [key, item] = [around.local(isMap ? STRING : INT), around.local(value, 1)];
    const body = around.within(key, item).grow(BOOL, depth);
    return {
      type: BOOL,
      parts: [range, body],
      write: (a, b) => `${a}.${name}(${key.name}, ${item.name}, ${b})`,
    };
  };
  return [one, two];
}

function listShapes(type: Type & { kind: 'list' }): Shape[] {
  const map: Shape = (depth, around) => {
    const element = around.random.pick([INT, STRING, DYN]);
    const variable = around.local(element);
    const inner = around.within(variable);
    const range = around.grow(listOf(element), depth);
    const filtered = around.random.once(2);
    const parts = [range, inner.grow(BOOL, depth - 1), inner.grow(type.element, depth)];
    return filtered
      ? { type, parts, write: (a, b, c) => `${a}.map(${variable.name}, ${b}, ${c})` }
      : { type, parts, write: (a, _b, c) => `${a}.map(${variable.name}, ${c})` };
  };
  const filter = loop(type, 'filter', BOOL);
  const sortBy = loop(type, 'sortBy', INT);
  const transform: Shape = (depth, around) => {
    const element = around.random.pick([INT, STRING, DYN]);
    const [index, item] = [around.local(INT), around.local(element, 1)];
    const parts = [
      around.grow(listOf(element), depth),
      around.within(index, item).grow(type.element, depth),
    ];
    return {
      type,
      parts,
      write: (a, b) => `${a}.transformList(${index.name}, ${item.name}, ${b})`,
    };
  };
  return [map, filter, sortBy, transform];
}

function loop(type: Type & { kind: 'list' }, name: string, body: Type): Shape {
  return (depth, around) => {
    const variable = around.local(type.element);
    const parts = [around.grow(type, depth), around.within(variable).grow(body, depth)];
    return { type, parts, write: (a, b) => `${a}.${name}(${variable.name}, ${b})` };
  };
}

function transformMap(type: Type & { kind: 'map' }): Shape {
  return (depth, around) => {
    const [key, item] = [around.local(type.key), around.local(INT, 1)];
    const range = around.grow(mapOf(type.key, INT), depth);
    const parts = [range, around.within(key, item).grow(type.value, depth)];
    return { type, parts, write: (a, b) => `${a}.transformMap(${key.name}, ${item.name}, ${b})` };
  };
}

function optionalMap(type: Type, value: Type): Shape {
  return (depth, around) => {
    const variable = around.local(INT);
    const parts = [around.grow(optionalOf(INT), depth), around.within(variable).grow(value, depth)];
    return { type, parts, write: (a, b) => `${a}.optMap(${variable.name}, ${b})` };
  };
}
