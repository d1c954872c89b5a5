import type { Expr } from '../syntax/ast.ts';
import type { Macro } from '../syntax/macro.ts';
import { expandMap } from './macros.ts';
import { type MacroCall, receiverMacro } from './receiver-macro.ts';

const INPUT = '@__sortBy_input__';
/** What may give a list. */
const SORTABLE: ReadonlySet<Expr['kind']> = new Set([
  'list',
  'select',
  'ident',
  'comprehension',
  'call',
]);

/** `list.sortBy(x, key(x))` reckons the keys of the list and sorts it by them. */
function expandSortBy({ nodes, target, args }: MacroCall<[Expr, Expr]>): Expr {
  if (!SORTABLE.has(target.kind)) {
    const kinds = 'list, identifier, comprehension, call or select expression';
    return nodes.make.fail(target, `sortBy can only be applied to a ${kinds}`);
  }
  const keys = expandMap({ nodes, target: nodes.ident(INPUT), args });
  const sorted = nodes.method('@sortByAssociatedKeys', nodes.ident(INPUT), keys);
  return nodes.bind(INPUT, target, sorted);
}

/** The macro of lists. */
export const sortByMacros: readonly Macro[] = [receiverMacro('sortBy', 2, expandSortBy)];
