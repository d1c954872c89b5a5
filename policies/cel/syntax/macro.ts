import type { Expr, Span } from './ast.ts';

/** Makes new nodes with fresh ids at the place of the macro call. */
export interface NodeFactory {
  readonly at: Span;
  nextId(): number;
  /** Stops the parse with an error at a node. */
  fail(at: Span, message: string): never;
}

/** A call that the parser replaces by other syntax before anything is checked. */
export interface Macro {
  readonly name: string;
  readonly argCount: number;
  /** True where it is called on something: `list.all(x, p)`. */
  readonly receiver: boolean;
  /** Returns undefined where the call is no use of the macro and stays a plain call. */
  expand(make: NodeFactory, target: Expr | undefined, args: readonly Expr[]): Expr | undefined;
}
