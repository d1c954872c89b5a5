import type { Random } from '../../helpers/random.ts';
import { leaf, type Tree, textOf } from './tree.ts';

const ODD = [...'()[]{}.,?:"\'`\\/&|!=+-*%<>;#@$0aé ', '\n', '//', 'in', 'null', '.?', '[?'];

/** Once in a hundred times a character is lost or another one gets in, so that the text is mostly no CEL. */
export function spoil(tree: Tree, random: Random): Tree {
  if (!random.once(100)) return tree;
  const text = textOf(tree);
  const at = random.below(text.length + 1);
  const spoilt = random.once(2)
    ? text.slice(0, at) + random.pick(ODD) + text.slice(at)
    : text.slice(0, at) + text.slice(at + 1);
  return leaf(tree.type, spoilt.toWellFormed().trim() || 'true');
}
