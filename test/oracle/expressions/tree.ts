// A generated expression as a tree, so that one that fails can be made smaller.
import type { Type } from '../../../policies/cel/types/types.ts';

export interface Tree {
  readonly type: Type;
  readonly parts: readonly Tree[];
  /** Puts the texts of the parts together. */
  readonly write: (...parts: string[]) => string;
}

export function leaf(type: Type, text: string): Tree {
  return { type, parts: [], write: () => text };
}

export function textOf({ write, parts }: Tree): string {
  return write(...parts.map(textOf));
}

/** How many nodes it has. */
export function sizeOf({ parts }: Tree): number {
  return 1 + parts.reduce((sum, part) => sum + sizeOf(part), 0);
}

/**
 * Yields smaller trees: each part of the same type in place of the whole, a plain literal in place of it, and the
 * same inside each part.
 */
export function* smaller(tree: Tree, literal: (type: Type) => Tree): Generator<Tree> {
  const plain = literal(tree.type);
  if (tree.parts.length > 0) yield plain;
  for (const part of tree.parts) {
    if (JSON.stringify(part.type) === JSON.stringify(tree.type)) yield part;
  }
  for (const [index, part] of tree.parts.entries()) {
    for (const less of smaller(part, literal)) {
      yield { ...tree, parts: tree.parts.with(index, less) };
    }
  }
}
