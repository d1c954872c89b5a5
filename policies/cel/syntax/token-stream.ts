import type { Span } from './ast.ts';
import { type Token, type TokenKind, tokenize } from './lexer.ts';
import { SyntaxFault } from './syntax-problem.ts';

/** UTF-16 units of a token that a message has at most. */
const MAX_SHOWN = 40;

/** The tokens of a text, taken one after the other. Faults name what was expected instead. */
export class TokenStream {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  get next(): Token {
    return this.peek(0);
  }

  /** Returns a token further on; past the end it is the last one. */
  peek(ahead: number): Token {
    return this.#tokens[this.#at + ahead] ?? (this.#tokens.at(-1) as Token);
  }

  is(kind: TokenKind): boolean {
    return this.next.kind === kind;
  }

  take(): Token {
    const token = this.next;
    this.#at++;
    return token;
  }

  accept(kind: TokenKind): Token | undefined {
    return this.is(kind) ? this.take() : undefined;
  }

  /** @throws SyntaxFault where the next token is of another kind */
  expect(kind: TokenKind): Token {
    return this.accept(kind) ?? this.fail(kind === 'identifier' ? 'a name' : `'${kind}'`);
  }

  /** Takes the name of a field or method, which may stand in backticks. */
  takeField(): Token {
    return this.accept('quoted') ?? this.expect('identifier');
  }

  /** Returns the name that a token of takeField() stands for. */
  fieldName(token: Token): string {
    return token.kind === 'quoted' ? this.text(token).slice(1, -1) : this.text(token);
  }

  /** A minus right before a number is part of it; it is what makes the smallest int one. */
  beginsSignedNumber(): boolean {
    const { kind } = this.peek(1);
    return this.is('-') && (kind === 'int' || kind === 'double');
  }

  text(span: Span): string {
    return this.#source.slice(span.start, span.end);
  }

  /** @throws SyntaxFault at the next token */
  fail(expected: string): never {
    const { next } = this;
    const problem = next.problem ?? `found ${this.#describe(next)}, expected ${expected}`;
    throw new SyntaxFault(next, `Syntax error: ${problem}`);
  }

  /** Keeps a message short and in one line. */
  #describe(token: Token): string {
    if (token.kind === 'end') return 'the end';
    if (token.kind === 'string' || token.kind === 'bytes') return 'a string';
    const text = this.text(token);
    return text.length > MAX_SHOWN ? `'${text.slice(0, MAX_SHOWN)}...'` : `'${text}'`;
  }
}
