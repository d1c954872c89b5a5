/** Half-open range of the source text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A literal as the parser reads it; integers are exact. */
export type Literal =
  | { readonly type: 'null' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int' | 'uint'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bytes'; readonly value: Uint8Array };

interface Node extends Span {
  /** Unique within one expression; the checker's results are keyed by it. */
  readonly id: number;
}

/** A part of an expression after macros have been expanded, in the shape of CEL's abstract syntax. */
export type Expr =
  | (Node & { readonly kind: 'literal'; readonly literal: Literal })
  | (Node & { readonly kind: 'ident'; readonly name: string })
  | Select
  | Call
  | (Node & {
      readonly kind: 'list';
      readonly elements: readonly Expr[];
      /** Indices of elements written `?x`. */
      readonly optional: readonly number[];
    })
  | (Node & { readonly kind: 'map'; readonly entries: readonly MapEntry[] })
  | (Node & {
      readonly kind: 'struct';
      readonly typeName: string;
      readonly fields: readonly StructField[];
    })
  | Comprehension;

export interface Select extends Node {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  /** Made by has(): asks whether the field is there. */
  readonly testOnly: boolean;
}

/** Operators are calls of functions with the names of operators.ts. */
export interface Call extends Node {
  readonly kind: 'call';
  readonly target?: Expr;
  readonly function: string;
  readonly args: readonly Expr[];
}

export interface MapEntry {
  readonly id: number;
  readonly key: Expr;
  readonly value: Expr;
  /** Written `?key: value`. */
  readonly optional: boolean;
}

export interface StructField {
  readonly id: number;
  readonly name: string;
  readonly value: Expr;
  readonly optional: boolean;
}

/** A loop over a list or map that folds into an accumulator; what every macro but has() becomes. */
export interface Comprehension extends Node {
  readonly kind: 'comprehension';
  readonly iterRange: Expr;
  /** The element of a list or key of a map; with a second variable, the index or key. */
  readonly iterVar: string;
  readonly iterVar2?: string;
  readonly accuVar: string;
  readonly accuInit: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}
