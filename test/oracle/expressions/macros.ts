import {
  BOOL,
  DYN,
  INT,
  listOf,
  mapOf,
  optionalOf,
  STRING,
  type Type,
} from '../../../policies/cel/types/types.ts';
import { PATHS } from './names.ts';
import type { Local, Surroundings } from './surroundings.ts';
import { leaf, type Tree } from './tree.ts';

type Shape = (depth: number, around: Surroundings) => Tree;

/** Returns a use of a macro that gives the type, or undefined where none does. */
export function macroOf(type: Type, depth: number, around: Surroundings): Tree | undefined {
  const shapes = shapesFor(type);
  return shapes.length === 0 ? undefined : around.random.pick(shapes)(depth - 1, around);
}

/** Returns the macros whose result is of the type whatever they are used on. */
export function macrosOfResult(type: Type): Shape[] {
  return type.kind === 'bool' ? shapesFor(type) : [];
}

function shapesFor(type: Type): Shape[] {
  if (type.kind === 'bool') return [presence, ...QUANTIFIERS.flatMap(quantifiers)];
  if (type.kind === 'list') return [map(type), filter(type), sortBy(type), transformList(type)];
  if (type.kind === 'map') return [transformMap(type), transformMapEntry(type)];
  if (type.kind === 'opaque' && type.name === 'optional_type' && type.parameters[0])
    return [optionalMap(type, type.parameters[0], 'optMap'), optionalMap(type, type, 'optFlatMap')];
  return [];
}

const presence: Shape = (depth, around) => {
  if (!around.random.once(4)) return leaf(BOOL, `has(${around.random.pick(PATHS)})`);
  const parts = [around.grow(DYN, depth)];
  return { type: BOOL, parts, write: (text) => `has(${text}.${depth % 2 ? 'a' : '`b-c`'})` };
};

const QUANTIFIERS = ['all', 'exists', 'exists_one', 'existsOne'];
const ELEMENTS: readonly Type[] = [INT, STRING, DYN, DYN, listOf(INT), { kind: 'double' }];

function quantifiers(name: string): Shape[] {
  const one: Shape = (depth, around) => {
    const { range, locals } = rangeOne(depth, around);
    const parts = [range, around.within(...locals).grow(BOOL, depth)];
    return { type: BOOL, parts, write: (a, b) => `${a}.${name}(${namesOf(locals)}, ${b})` };
  };
  const two: Shape = (depth, around) => {
    const { range, locals } = rangeTwo(depth, around);
    const parts = [range, around.within(...locals).grow(BOOL, depth)];
    return { type: BOOL, parts, write: (a, b) => `${a}.${name}(${namesOf(locals)}, ${b})` };
  };
  return name === 'existsOne' ? [two] : [one, two];
}

interface Range {
  readonly range: Tree;
  readonly locals: readonly Local[];
}

/** What a loop of one variable goes over: the elements of a list, seldom the keys of a map. */
function rangeOne(depth: number, around: Surroundings): Range {
  const { random } = around;
  const element = random.pick(ELEMENTS);
  const range = random.once(6) ? mapOf(STRING, element) : listOf(element);
  return {
    range: around.grow(range, depth),
    locals: [around.local(range.kind === 'map' ? STRING : element)],
  };
}

/** What a loop of two variables goes over: a list with its indexes or a map with its keys. */
function rangeTwo(depth: number, around: Surroundings): Range {
  const value = around.random.pick(ELEMENTS);
  const isMap = around.random.once(2);
  return {
    range: around.grow(isMap ? mapOf(STRING, value) : listOf(value), depth),
    locals: [around.local(isMap ? STRING : INT), around.local(value, 1)],
  };
}

const namesOf = (locals: readonly Local[]) => locals.map(({ name }) => name).join(', ');

function map(type: Type & { kind: 'list' }): Shape {
  return (depth, around) => {
    const { range, locals } = rangeOne(depth, around);
    return mapped(type, { name: 'map', range, locals, element: type.element }, { depth, around });
  };
}

function transformList(type: Type & { kind: 'list' }): Shape {
  return (depth, around) => {
    const parts = rangeTwo(depth, around);
    const loop = { name: 'transformList', ...parts, element: type.element };
    return mapped(type, loop, { depth, around });
  };
}

interface Loop extends Range {
  readonly name: string;
  readonly element: Type;
}

/** Half of them with a filter. */
function mapped(
  type: Type,
  { name, range, locals, element }: Loop,
  { depth, around }: { depth: number; around: Surroundings },
): Tree {
  const inner = around.within(...locals);
  const filters = around.random.once(2) ? [inner.grow(BOOL, depth - 1)] : [];
  const parts = [range, ...filters, inner.grow(element, depth)];
  return {
    type,
    parts,
    write: (first, ...rest) => `${first}.${name}(${[namesOf(locals), ...rest].join(', ')})`,
  };
}

const filter = (type: Type & { kind: 'list' }) => overElements(type, 'filter', BOOL);
const sortBy = (type: Type & { kind: 'list' }) => overElements(type, 'sortBy', INT);

function overElements(type: Type & { kind: 'list' }, name: string, body: Type): Shape {
  return (depth, around) => {
    const variable = around.local(type.element);
    const key = name === 'sortBy' && around.random.once(2) ? STRING : body;
    const parts = [around.grow(type, depth), around.within(variable).grow(key, depth)];
    return { type, parts, write: (a, b) => `${a}.${name}(${variable.name}, ${b})` };
  };
}

function transformMap(type: Type & { kind: 'map' }): Shape {
  return (depth, around) => {
    const [key, item] = [around.local(type.key), around.local(INT, 1)];
    const range = around.grow(mapOf(type.key, INT), depth);
    const loop = { name: 'transformMap', range, locals: [key, item], element: type.value };
    return mapped(type, loop, { depth, around });
  };
}

function transformMapEntry(type: Type & { kind: 'map' }): Shape {
  return (depth, around) => {
    const { range, locals } = rangeTwo(depth, around);
    const loop = { name: 'transformMapEntry', range, locals, element: type };
    return mapped(type, loop, { depth, around });
  };
}

function optionalMap(type: Type, body: Type, name: string): Shape {
  return (depth, around) => {
    const value = around.random.pick(ELEMENTS);
    const variable = around.local(value);
    const parts = [
      around.grow(optionalOf(value), depth),
      around.within(variable).grow(body, depth),
    ];
    return { type, parts, write: (a, b) => `${a}.${name}(${variable.name}, ${b})` };
  };
}
