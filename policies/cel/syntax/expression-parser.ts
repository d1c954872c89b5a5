import type { Expr, Literal, Select } from './ast.ts';
import type { Token, TokenKind } from './lexer.ts';
import { operators } from './operators.ts';
import { PrimaryParser } from './parse-primary.ts';
import { SyntaxFault } from './syntax-problem.ts';

/**
 * How deep a rule may stand within itself, which also bounds the stack. cel-go counts by the rules of its grammar, so
 * these are counted as they are there: the right operand of an operator is one level more.
 */
const MAX_DEPTH = 250;

type Rule = 'expression' | 'relation' | 'arithmetic';

const RELATIONS: Partial<Record<TokenKind, string>> = {
  '==': operators.equals,
  '!=': operators.notEquals,
  '<': operators.less,
  '<=': operators.lessEquals,
  '>': operators.greater,
  '>=': operators.greaterEquals,
  in: operators.in,
};

/** Arithmetic by how tightly it binds. */
const ARITHMETIC: Partial<Record<TokenKind, { name: string; strength: number }>> = {
  '+': { name: operators.add, strength: 1 },
  '-': { name: operators.subtract, strength: 1 },
  '*': { name: operators.multiply, strength: 2 },
  '/': { name: operators.divide, strength: 2 },
  '%': { name: operators.modulo, strength: 2 },
};

/** Reads an expression by recursive descent. Macros are still calls in what it returns. */
export class ExpressionParser extends PrimaryParser {
  readonly #depth: Record<Rule, number> = { expression: 0, relation: 0, arithmetic: 0 };

  /**
   * Reads the whole text.
   *
   * @throws SyntaxFault where it does not follow the grammar or is nested too deep
   */
  whole(): Expr {
    const expr = this.expression();
    if (!this.tokens.is('end')) this.tokens.fail('an operator or the end');
    return expr;
  }

  protected override expression(): Expr {
    this.#enter('expression');
    const condition = this.#or();
    const question = this.tokens.accept('?');
    const expr = question ? this.#conditional(question, condition) : condition;
    this.#leave('expression');
    return expr;
  }

  /** The first branch is no whole expression: a conditional there needs parentheses. */
  #conditional(question: Token, condition: Expr): Expr {
    const then = this.#or();
    this.tokens.expect(':');
    return this.call(question, operators.conditional, [condition, then, this.expression()]);
  }

  #or(): Expr {
    const terms = [this.#and()];
    const signs: Token[] = [];
    for (let sign = this.tokens.accept('||'); sign; sign = this.tokens.accept('||')) {
      signs.push(sign);
      terms.push(this.#and());
    }
    return this.#balance(operators.or, signs, terms);
  }

  #and(): Expr {
    const terms = [this.#relation()];
    const signs: Token[] = [];
    for (let sign = this.tokens.accept('&&'); sign; sign = this.tokens.accept('&&')) {
      signs.push(sign);
      terms.push(this.#relation());
    }
    return this.#balance(operators.and, signs, terms);
  }

  /** Makes a tree of a chain of && or ||. It is balanced, and with it the order of evaluation and the cost. */
  #balance(name: string, signs: readonly Token[], terms: readonly Expr[]): Expr {
    const middle = signs.length >> 1;
    const sign = signs[middle];
    if (!sign) return terms[0] as Expr;
    const left = this.#balance(name, signs.slice(0, middle), terms.slice(0, middle + 1));
    const right = this.#balance(name, signs.slice(middle + 1), terms.slice(middle + 1));
    return this.call(sign, name, [left, right]);
  }

  #relation(): Expr {
    this.#enter('relation');
    let left = this.#arithmetic(1);
    for (let name = this.#relationName(); name; name = this.#relationName()) {
      const sign = this.tokens.take();
      this.#enter('relation');
      left = this.call(sign, name, [left, this.#arithmetic(1)]);
      this.#leave('relation');
    }
    this.#leave('relation');
    return left;
  }

  #relationName(): string | undefined {
    return RELATIONS[this.tokens.next.kind];
  }

  /** Reads operands joined by operators at least as strong as given. */
  #arithmetic(minimum: number): Expr {
    this.#enter('arithmetic');
    let left = this.#unary();
    for (;;) {
      const operator = ARITHMETIC[this.tokens.next.kind];
      if (!operator || operator.strength < minimum) break;
      const sign = this.tokens.take();
      const right = this.#arithmetic(operator.strength + 1);
      left = this.call(sign, operator.name, [left, right]);
    }
    this.#leave('arithmetic');
    return left;
  }

  #unary(): Expr {
    if (this.tokens.is('!')) return this.#prefixed('!', operators.not);
    if (this.tokens.is('-') && !this.tokens.beginsSignedNumber()) {
      return this.#prefixed('-', operators.negate);
    }
    return this.#member();
  }

  /** Two of the same signs cancel out, so `--x` is x also where -x is out of range or x no number. */
  #prefixed(kind: '!' | '-', name: string): Expr {
    const first = this.tokens.take();
    let odd = true;
    while (this.tokens.accept(kind)) odd = !odd;
    const operand = this.#member();
    return odd ? this.call(first, name, [operand]) : operand;
  }

  #member(): Expr {
    let expr = this.primary();
    for (;;) {
      if (this.tokens.is('.')) expr = this.#select(expr);
      else if (this.tokens.is('[')) expr = this.#index(expr);
      else return expr;
    }
  }

  #select(operand: Expr): Expr {
    const dot = this.tokens.take();
    const optional = this.tokens.accept('?');
    const token = this.tokens.takeField();
    const field = this.tokens.fieldName(token);
    if (optional) return this.#optionalSelect(operand, { dot, token, field });
    const open = token.kind === 'identifier' ? this.tokens.accept('(') : undefined;
    if (open) return { ...this.call(open, field, this.callArguments()), target: operand };
    const select: Select = { ...this.node(dot), kind: 'select', operand, field, testOnly: false };
    return select;
  }

  #optionalSelect(
    operand: Expr,
    { dot, token, field }: { dot: Token; token: Token; field: string },
  ): Expr {
    const literal: Literal = { type: 'string', value: field };
    return this.call(dot, operators.optionalSelect, [
      operand,
      { ...this.node(token), kind: 'literal', literal },
    ]);
  }

  #index(operand: Expr): Expr {
    const open = this.tokens.take();
    const name = this.tokens.accept('?') ? operators.optionalIndex : operators.index;
    const index = this.expression();
    this.tokens.expect(']');
    return this.call(open, name, [operand, index]);
  }

  #enter(rule: Rule): void {
    this.#depth[rule]++;
    if (this.#depth[rule] > MAX_DEPTH) {
      const message = `expression recursion limit exceeded: ${MAX_DEPTH}`;
      throw new SyntaxFault(this.tokens.next, message);
    }
  }

  #leave(rule: Rule): void {
    this.#depth[rule]--;
  }
}
