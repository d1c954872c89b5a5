import type { Comprehension, Expr } from '../syntax/ast.ts';
import type { Macro } from '../syntax/macro.ts';
import { all, collect, collectMap, exists, existsOne, type Range } from './macro-loops.ts';
import type { MacroNodes } from './macro-nodes.ts';
import { checkNoAccumulator, type MacroCall, nameOf, receiverMacro } from './receiver-macro.ts';

/** Adds an entry, or all entries of a map, to a map; a key that is there already is an error. */
const MAP_INSERT = 'cel.@mapInsert';

/** The index and element of a list, or the key and value of a map, then what is made of them. */
type Args = readonly [Expr, Expr, Expr, Expr?];

type Body = (
  nodes: MacroNodes,
  range: Range,
  parts: { readonly filter?: Expr | undefined; readonly element: Expr },
) => Comprehension;

function twoVariable(name: string, argCount: 3 | 4, body: Body): Macro {
  return receiverMacro(name, argCount, (call: MacroCall<readonly Expr[]>) => {
    const [first, second, third, fourth] = call.args as Args;
    const range = rangeOf(call, first, second);
    const parts = fourth ? { filter: third, element: fourth } : { element: third };
    return body(call.nodes, range, parts);
  });
}

function rangeOf({ nodes, target }: MacroCall<readonly Expr[]>, first: Expr, second: Expr): Range {
  const { make } = nodes;
  const iterVar = nameOf(make, first, 'argument must be a simple name');
  const iterVar2 = nameOf(make, second, 'argument must be a simple name');
  if (iterVar === iterVar2) make.fail(second, `duplicate variable name: ${iterVar}`);
  checkNoAccumulator(make, first, iterVar);
  checkNoAccumulator(make, second, iterVar2);
  return { iterRange: target, iterVar, iterVar2 };
}

const transformMap: Body = (nodes, range, { filter, element }) => {
  const key = nodes.ident(range.iterVar);
  const inserted = nodes.call(MAP_INSERT, nodes.accumulator(), key, element);
  return collectMap(nodes, range, nodes.stepIf(filter, inserted));
};

const transformMapEntry: Body = (nodes, range, { filter, element }) => {
  const inserted = nodes.call(MAP_INSERT, nodes.accumulator(), element);
  return collectMap(nodes, range, nodes.stepIf(filter, inserted));
};

/** Macros whose loops have two variables. */
export const twoVariableMacros: readonly Macro[] = [
  twoVariable('all', 3, (nodes, range, { element }) => all(nodes, range, element)),
  twoVariable('exists', 3, (nodes, range, { element }) => exists(nodes, range, element)),
  twoVariable('existsOne', 3, (nodes, range, { element }) => existsOne(nodes, range, element)),
  twoVariable('exists_one', 3, (nodes, range, { element }) => existsOne(nodes, range, element)),
  twoVariable('transformList', 3, collect),
  twoVariable('transformList', 4, collect),
  twoVariable('transformMap', 3, transformMap),
  twoVariable('transformMap', 4, transformMap),
  twoVariable('transformMapEntry', 3, transformMapEntry),
  twoVariable('transformMapEntry', 4, transformMapEntry),
];
