import type { Call, Expr, Literal, MapEntry, Span, StructField } from './ast.ts';
import type { Token, TokenKind } from './lexer.ts';
import { type LiteralFault, type LiteralKind, readLiteral } from './literals.ts';
import type { NodeIds } from './node-ids.ts';
import type { SyntaxProblem } from './syntax-problem.ts';
import type { TokenStream } from './token-stream.ts';

/** Words that name fields and methods, but no variables and functions. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let'],
  ...['loop', 'namespace', 'package', 'return', 'var', 'void', 'while'],
]);

/** Reads the parts of an expression that are no operator's: names, calls, literals, and what stands in brackets. */
export abstract class PrimaryParser {
  /** Faults that leave the rest readable, such as a number out of range. */
  readonly problems: SyntaxProblem[] = [];
  protected readonly tokens: TokenStream;
  readonly #ids: NodeIds;

  constructor(tokens: TokenStream, ids: NodeIds) {
    this.tokens = tokens;
    this.#ids = ids;
  }

  protected abstract expression(): Expr;

  protected primary(): Expr {
    switch (this.tokens.next.kind) {
      case '.':
      case 'identifier':
        return this.#named();
      case '(':
        return this.#nested();
      case '[':
        return this.#list();
      case '{':
        return this.#map();
      default:
        return this.#literal();
    }
  }

  #named(): Expr {
    const { start } = this.tokens.next;
    const dot = this.tokens.accept('.') ? '.' : '';
    const token = this.tokens.expect('identifier');
    if (this.#beginsStruct()) return this.#struct(dot, token);
    const name = this.tokens.text(token);
    const open = this.tokens.accept('(');
    const args = open && this.callArguments();
    if (RESERVED.has(name)) {
      return this.#problem({ start, end: token.end }, `reserved identifier: ${name}`);
    }
    return open && args
      ? this.call(open, dot + name, args)
      : { ...this.node(token), kind: 'ident', name: dot + name };
  }

  /** Looks past the rest of a dotted name for the brace of `package.Type{}`. */
  #beginsStruct(): boolean {
    let ahead = 0;
    const kindAt = (offset: number) => this.tokens.peek(offset).kind;
    while (kindAt(ahead) === '.' && kindAt(ahead + 1) === 'identifier') ahead += 2;
    return kindAt(ahead) === '{';
  }

  #struct(dot: string, first: Token): Expr {
    let typeName = dot + this.tokens.text(first);
    while (this.tokens.accept('.')) {
      typeName += `.${this.tokens.text(this.tokens.expect('identifier'))}`;
    }
    const open = this.tokens.expect('{');
    const fields = this.#items('}', () => this.#field());
    return { ...this.node(open), kind: 'struct', typeName, fields };
  }

  #field(): StructField {
    const optional = this.tokens.accept('?') !== undefined;
    const name = this.tokens.fieldName(this.tokens.takeField());
    this.tokens.expect(':');
    return { id: this.#ids.next(), name, value: this.expression(), optional };
  }

  #nested(): Expr {
    this.tokens.expect('(');
    const inner = this.expression();
    this.tokens.expect(')');
    return inner;
  }

  #list(): Expr {
    const open = this.tokens.expect('[');
    const optional: number[] = [];
    let index = 0;
    const elements = this.#items(']', () => {
      if (this.tokens.accept('?')) optional.push(index);
      index++;
      return this.expression();
    });
    return { ...this.node(open), kind: 'list', elements, optional };
  }

  #map(): Expr {
    const open = this.tokens.expect('{');
    const entries = this.#items('}', () => this.#entry());
    return { ...this.node(open), kind: 'map', entries };
  }

  #entry(): MapEntry {
    const optional = this.tokens.accept('?') !== undefined;
    const key = this.expression();
    this.tokens.expect(':');
    return { id: this.#ids.next(), key, value: this.expression(), optional };
  }

  /** Reads what stands before a closing bracket. A comma may be last, and even alone. */
  #items<T>(close: TokenKind, readItem: () => T): T[] {
    const items: T[] = [];
    let more = !this.tokens.accept(',');
    while (more && !this.tokens.is(close)) {
      items.push(readItem());
      more = this.tokens.accept(',') !== undefined;
    }
    this.tokens.expect(close);
    return items;
  }

  /** Reads what follows the opening parenthesis of a call. */
  protected callArguments(): Expr[] {
    const args: Expr[] = [];
    if (this.tokens.accept(')')) return args;
    do args.push(this.expression());
    while (this.tokens.accept(','));
    this.tokens.expect(')');
    return args;
  }

  #literal(): Expr {
    const { start } = this.tokens.next;
    const sign = this.tokens.beginsSignedNumber() ? this.tokens.text(this.tokens.take()) : '';
    const token = this.tokens.next;
    const literal = this.#readLiteral(token.kind, sign + this.tokens.text(token));
    this.tokens.take();
    const span = { start, end: token.end };
    if (!('fault' in literal)) return { ...this.node(span), kind: 'literal', literal };
    const { fault, at } = literal;
    return this.#problem(at ? { start: start + at.start, end: start + at.end } : span, fault);
  }

  /** @param text of the token, after its sign */
  #readLiteral(kind: TokenKind, text: string): Literal | LiteralFault {
    switch (kind) {
      case 'null':
        return { type: 'null' };
      case 'true':
      case 'false':
        return { type: 'bool', value: kind === 'true' };
      default:
        return isLiteral(kind) ? readLiteral(kind, text) : this.tokens.fail('an expression');
    }
  }

  /** Notes a fault. What stands in for the faulty part is no name or field, so no macro takes it for one. */
  #problem(at: Span, message: string): Expr {
    this.problems.push({ at, message });
    return { ...this.node(at), kind: 'literal', literal: { type: 'null' } };
  }

  protected call(at: Span, name: string, args: readonly Expr[]): Call {
    return { ...this.node(at), kind: 'call', function: name, args };
  }

  /** Makes the common part of a node, which stands where cel-go has its errors: a call at its operator. */
  protected node({ start, end }: Span): Span & { id: number } {
    return { id: this.#ids.next(), start, end };
  }
}

const LITERALS: ReadonlySet<TokenKind> = new Set(['int', 'uint', 'double', 'string', 'bytes']);

function isLiteral(kind: TokenKind): kind is LiteralKind {
  return LITERALS.has(kind);
}
