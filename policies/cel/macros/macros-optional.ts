import type { Expr } from '../syntax/ast.ts';
import type { Macro } from '../syntax/macro.ts';
import { operators } from '../syntax/operators.ts';
import { type MacroCall, nameOf, receiverMacro } from './receiver-macro.ts';

/** The body is asked for the value of an optional that has one; of an empty one, nothing comes of it. */
function expandOptional(name: string, wrap: string | undefined) {
  return ({ nodes, target, args: [variable, body] }: MacroCall<[Expr, Expr]>): Expr => {
    const message = `${name}() variable name must be a simple identifier`;
    const bound = nameOf(nodes.make, variable, message);
    const value = nodes.bind(bound, nodes.method('value', nodes.copy(target)), body);
    return nodes.call(
      operators.conditional,
      nodes.method('hasValue', target),
      wrap ? nodes.call(wrap, value) : value,
      nodes.call('optional.none'),
    );
  };
}

/** The macros of optional values. */
export const optionalMacros: readonly Macro[] = [
  receiverMacro('optMap', 2, expandOptional('optMap', 'optional.of')),
  receiverMacro('optFlatMap', 2, expandOptional('optFlatMap', undefined)),
];
