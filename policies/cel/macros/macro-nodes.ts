import type { Call, Comprehension, Expr, Literal, Span } from '../syntax/ast.ts';
import type { NodeFactory } from '../syntax/macro.ts';
import { operators } from '../syntax/operators.ts';

/** The variable that a loop folds into. No text can name it. */
export const ACCUMULATOR = '@result';
/** Stands for the element in a loop over nothing, which only gives a value a name. */
const UNUSED = '#unused';

const ZERO: Literal = { type: 'int', value: 0n };
const ONE: Literal = { type: 'int', value: 1n };

/** What a comprehension consists of, without its place in the text. */
export type Loop = Omit<Comprehension, 'kind' | 'id' | keyof Span>;

/** Builds what a macro expands to. All new nodes stand at the call of the macro. */
export class MacroNodes {
  readonly make: NodeFactory;

  constructor(make: NodeFactory) {
    this.make = make;
  }

  bool(value: boolean): Expr {
    return this.#literal({ type: 'bool', value });
  }

  zero(): Expr {
    return this.#literal(ZERO);
  }

  one(): Expr {
    return this.#literal(ONE);
  }

  #literal(literal: Literal): Expr {
    return { ...this.#node(), kind: 'literal', literal };
  }

  ident(name: string): Expr {
    return { ...this.#node(), kind: 'ident', name };
  }

  accumulator(): Expr {
    return this.ident(ACCUMULATOR);
  }

  list(...elements: Expr[]): Expr {
    return { ...this.#node(), kind: 'list', elements, optional: [] };
  }

  emptyMap(): Expr {
    return { ...this.#node(), kind: 'map', entries: [] };
  }

  hasField(operand: Expr, field: string): Expr {
    return { ...this.#node(), kind: 'select', operand, field, testOnly: true };
  }

  call(name: string, ...args: Expr[]): Call {
    return { ...this.#node(), kind: 'call', function: name, args };
  }

  method(name: string, target: Expr, ...args: Expr[]): Call {
    return { ...this.call(name, ...args), target };
  }

  /** Adds a condition to a step: without it, what is folded so far stays as it is. */
  stepIf(condition: Expr | undefined, step: Expr): Expr {
    return condition ? this.call(operators.conditional, condition, step, this.accumulator()) : step;
  }

  fold(loop: Loop): Comprehension {
    return { ...this.#node(), kind: 'comprehension', ...loop };
  }

  /** Gives a value a name within an expression. */
  bind(name: string, value: Expr, body: Expr): Comprehension {
    return this.fold({
      iterRange: this.list(),
      iterVar: UNUSED,
      accuVar: name,
      accuInit: value,
      condition: this.bool(false),
      step: this.ident(name),
      result: body,
    });
  }

  /** Repeats an expression under new ids; the copies stand where the original does. */
  copy(expr: Expr): Expr {
    const id = this.make.nextId();
    switch (expr.kind) {
      case 'literal':
      case 'ident':
        return { ...expr, id };
      case 'select':
        return { ...expr, id, operand: this.copy(expr.operand) };
      case 'call':
        return this.#copyCall(expr, id);
      case 'list':
        return { ...expr, id, elements: this.#copyAll(expr.elements) };
      case 'map':
        return {
          ...expr,
          id,
          entries: expr.entries.map((each) => ({
            ...each,
            id: this.make.nextId(),
            key: this.copy(each.key),
            value: this.copy(each.value),
          })),
        };
      case 'struct':
        return {
          ...expr,
          id,
          fields: expr.fields.map((each) => ({
            ...each,
            id: this.make.nextId(),
            value: this.copy(each.value),
          })),
        };
      case 'comprehension':
        return {
          ...expr,
          id,
          iterRange: this.copy(expr.iterRange),
          accuInit: this.copy(expr.accuInit),
          condition: this.copy(expr.condition),
          step: this.copy(expr.step),
          result: this.copy(expr.result),
        };
    }
  }

  #copyCall(call: Call, id: number): Call {
    const args = this.#copyAll(call.args);
    return call.target
      ? { ...call, id, target: this.copy(call.target), args }
      : { ...call, id, args };
  }

  #copyAll(exprs: readonly Expr[]): Expr[] {
    return exprs.map((each) => this.copy(each));
  }

  #node(): Span & { id: number } {
    return { id: this.make.nextId(), ...this.make.at };
  }
}
