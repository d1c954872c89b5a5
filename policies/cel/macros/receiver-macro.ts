import type { Expr } from '../syntax/ast.ts';
import type { Macro, NodeFactory } from '../syntax/macro.ts';
import { ACCUMULATOR, MacroNodes } from './macro-nodes.ts';

/** A call `target.name(args)` that is to be expanded. */
export interface MacroCall<Args extends readonly Expr[]> {
  readonly nodes: MacroNodes;
  readonly target: Expr;
  readonly args: Args;
}

/** @param argCount the length of Args; only calls with so many arguments are expanded */
export function receiverMacro<Args extends readonly Expr[]>(
  name: string,
  argCount: number,
  expand: (call: MacroCall<Args>) => Expr,
): Macro {
  return {
    name,
    argCount,
    receiver: true,
    expand: (make, target, args) =>
      target && expand({ nodes: new MacroNodes(make), target, args: args as Expr[] & Args }),
  };
}

/** Returns the name of a variable, or fails with the message where the argument is none. */
export function nameOf(make: NodeFactory, arg: Expr, message: string): string {
  return arg.kind === 'ident' ? arg.name : make.fail(arg, message);
}

/** The older name of the accumulator may be a variable no more than the present one. */
export function checkNoAccumulator(make: NodeFactory, arg: Expr, name: string): void {
  if (name === ACCUMULATOR || name === '__result__') {
    make.fail(arg, 'iteration variable overwrites accumulator variable');
  }
}
