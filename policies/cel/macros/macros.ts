import type { Comprehension, Expr } from '../syntax/ast.ts';
import type { Macro, NodeFactory } from '../syntax/macro.ts';
import { all, collect, exists, existsOne, type Range } from './macro-loops.ts';
import { MacroNodes } from './macro-nodes.ts';
import { checkNoAccumulator, type MacroCall, nameOf, receiverMacro } from './receiver-macro.ts';

/** Its argument is a field or again has(), which asks for the same field. */
const has: Macro = {
  name: 'has',
  argCount: 1,
  receiver: false,
  expand: (make, _target, [arg]) => arg && hasField(make, arg),
};

function hasField(make: NodeFactory, arg: Expr): Expr {
  if (arg.kind !== 'select') return make.fail(arg, 'invalid argument to has() macro');
  return new MacroNodes(make).hasField(arg.operand, arg.field);
}

type Quantifier = (nodes: MacroNodes, range: Range, predicate: Expr) => Comprehension;

function quantifier(name: string, loop: Quantifier): Macro {
  return receiverMacro<[Expr, Expr]>(name, 2, ({ nodes, target, args: [variable, predicate] }) => {
    const iterVar = loopVariable(nodes.make, variable, 'argument must be a simple name');
    return loop(nodes, { iterRange: target, iterVar }, predicate);
  });
}

function loopVariable(make: NodeFactory, arg: Expr, message: string): string {
  const name = nameOf(make, arg, message);
  checkNoAccumulator(make, arg, name);
  return name;
}

const NOT_AN_IDENTIFIER = 'argument is not an identifier';

/** `target.map(x, f(x))` */
export function expandMap({ nodes, target, args }: MacroCall<readonly [Expr, Expr]>): Expr {
  const [variable, element] = args;
  const iterVar = loopVariable(nodes.make, variable, NOT_AN_IDENTIFIER);
  return collect(nodes, { iterRange: target, iterVar }, { element });
}

/** `target.map(x, p(x), f(x))` */
function expandMapFilter({ nodes, target, args }: MacroCall<[Expr, Expr, Expr]>): Expr {
  const [variable, filter, element] = args;
  const iterVar = loopVariable(nodes.make, variable, NOT_AN_IDENTIFIER);
  return collect(nodes, { iterRange: target, iterVar }, { filter, element });
}

/** `target.filter(x, p(x))` */
function expandFilter({ nodes, target, args }: MacroCall<[Expr, Expr]>): Expr {
  const [element, filter] = args;
  const iterVar = loopVariable(nodes.make, element, NOT_AN_IDENTIFIER);
  return collect(nodes, { iterRange: target, iterVar }, { filter, element });
}

/** The macros of CEL itself. */
export const standardMacros: readonly Macro[] = [
  has,
  quantifier('all', all),
  quantifier('exists', exists),
  quantifier('exists_one', existsOne),
  receiverMacro('map', 2, expandMap),
  receiverMacro('map', 3, expandMapFilter),
  receiverMacro('filter', 2, expandFilter),
];
