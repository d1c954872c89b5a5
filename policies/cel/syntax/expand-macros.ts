import type { Call, Expr, Span } from './ast.ts';
import type { Macro, NodeFactory } from './macro.ts';
import type { NodeIds } from './node-ids.ts';
import { operators } from './operators.ts';
import { SyntaxFault, type SyntaxProblem } from './syntax-problem.ts';

/** cel-go counts the operators, selections and method calls from the root down to a node. */
const MAX_DEPTH = 250;
/** A text of the greatest length has fewer nodes, but each optMap() of a chain doubles those before it. */
const MAX_NODES = 500_000;

const OPERATORS: ReadonlySet<string> = new Set(Object.values(operators));
const UNCOUNTED: ReadonlySet<string> = new Set([
  operators.and,
  operators.or,
  operators.not,
  operators.negate,
]);

/** Thrown by a macro that is used wrongly. */
class Misuse extends SyntaxFault {}

/** Replaces the calls of macros in an expression, from the innermost outwards. */
export class MacroExpander {
  /** Wrong uses of macros. */
  readonly problems: SyntaxProblem[] = [];
  readonly #macros: ReadonlyMap<string, Macro>;
  readonly #ids: NodeIds;
  #depth = 0;

  constructor(macros: readonly Macro[], ids: NodeIds) {
    this.#macros = new Map(
      macros.map((each) => [keyOf(each.name, each.argCount, each.receiver), each]),
    );
    this.#ids = ids;
  }

  /** @throws SyntaxFault where the expression is too deep or gets too large */
  expand(expr: Expr): Expr {
    if (!isCounted(expr)) return this.#expandParts(expr);
    this.#depth++;
    if (this.#depth > MAX_DEPTH) throw new SyntaxFault(expr, 'max recursion depth exceeded');
    const expanded = this.#expandParts(expr);
    this.#depth--;
    return expanded;
  }

  #expandParts(expr: Expr): Expr {
    switch (expr.kind) {
      case 'select':
        return { ...expr, operand: this.expand(expr.operand) };
      case 'call':
        return this.#expandCall(expr);
      case 'list':
        return { ...expr, elements: this.#expandAll(expr.elements) };
      case 'map':
        return {
          ...expr,
          entries: expr.entries.map((each) => ({
            ...each,
            key: this.expand(each.key),
            value: this.expand(each.value),
          })),
        };
      case 'struct':
        return {
          ...expr,
          fields: expr.fields.map((each) => ({ ...each, value: this.expand(each.value) })),
        };
      default:
        return expr;
    }
  }

  #expandAll(exprs: readonly Expr[]): Expr[] {
    return exprs.map((each) => this.expand(each));
  }

  #expandCall(call: Call): Expr {
    const target = call.target && this.expand(call.target);
    const args = this.#expandAll(call.args);
    const expanded: Call = target ? { ...call, target, args } : { ...call, args };
    const macro = this.#macros.get(keyOf(call.function, args.length, target !== undefined));
    return (macro && this.#apply(macro, expanded)) ?? expanded;
  }

  #apply(macro: Macro, call: Call): Expr | undefined {
    try {
      return macro.expand(this.#factoryAt(call), call.target, call.args);
    } catch (error) {
      if (!(error instanceof Misuse)) throw error;
      const { at, message } = error;
      this.problems.push({ at, message });
      return { ...at, id: this.#ids.next(), kind: 'literal', literal: { type: 'null' } };
    }
  }

  #factoryAt({ start, end }: Span): NodeFactory {
    const at = { start, end };
    return {
      at,
      nextId: () => {
        const id = this.#ids.next();
        if (id > MAX_NODES) throw new SyntaxFault(at, 'macros make the expression too large');
        return id;
      },
      fail: (place, message) => {
        throw new Misuse(place, message);
      },
    };
  }
}

function keyOf(name: string, argCount: number, receiver: boolean): string {
  return `${name}:${argCount}:${receiver}`;
}

function isCounted(expr: Expr): boolean {
  if (expr.kind !== 'call') return expr.kind === 'select';
  return (
    expr.target !== undefined || (OPERATORS.has(expr.function) && !UNCOUNTED.has(expr.function))
  );
}
