import type { Pairing } from './compare-draft.ts';
import { MAX_ANNOTATIONS, MAX_VALIDATIONS } from './draft.ts';
import { explanationOf } from './explained.ts';
import { inquire, inquireLoad, loadableOnly } from './inquiry.ts';
import { simplest } from './literals.ts';
import { messageTree, roleOf, type Suspect, withParts } from './roles.ts';
import type { Ground } from './run-suite.ts';
import { smaller, type Tree, textOf } from './tree.ts';

const MAX_ROUNDS = 8;

/** Makes the expression smaller as long as the sides differ; undefined where that cannot be done. */
export async function shrink(suspect: Suspect, ground: Ground): Promise<string | undefined> {
  const role = roleOf(suspect);
  let best = role === 'message' ? messageTree(suspect) : suspect.tree;
  if (role === 'other' || !best) return undefined;
  let said = '';
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const found = await smallerOnes(suspect, best, ground);
    if (!found) break;
    best = found.tree;
    said = `\n      ours:   ${found.pairing.ours}\n      theirs: ${found.pairing.theirs}`;
  }
  return said === '' ? undefined : textOf(best) + said;
}

interface Found {
  readonly tree: Tree;
  readonly pairing: Pairing;
}

/** Returns the shortest of the smaller ones on which the sides differ, too. */
async function smallerOnes(
  suspect: Suspect,
  tree: Tree,
  ground: Ground,
): Promise<Found | undefined> {
  const role = roleOf(suspect);
  const limit = role === 'annotation' ? MAX_ANNOTATIONS : MAX_VALIDATIONS;
  const size = textOf(tree).length;
  const less = [...smaller(tree, simplest)].filter((each) => textOf(each).length < size);
  for (const start of [0, 1, 2].map((chunk) => chunk * limit)) {
    const variants = less.slice(start, start + limit);
    if (variants.length === 0) return undefined;
    const found = await differing(suspect, variants, ground);
    const [first] = found.sort((a, b) => textOf(a.tree).length - textOf(b.tree).length);
    if (first) return first;
  }
  return undefined;
}

async function differing(
  suspect: Suspect,
  variants: readonly Tree[],
  ground: Ground,
): Promise<Found[]> {
  const { draft, subject } = suspect;
  const role = roleOf(suspect);
  const all = withParts(draft, role, variants);
  if (!subject) return match(await inquireLoad(all, ground), variants);
  const loadable = await loadableOnly(all, ground);
  const trees = treesIn(loadable);
  if (trees.length === 0) return [];
  const [pairs = []] = await inquire(loadable, { subject, times: 1 }, ground);
  return match(pairs, trees);
}

function treesIn({ validations, annotations }: ReturnType<typeof withParts>): Tree[] {
  return [...validations.map(({ tree, message }) => message ?? tree), ...annotations];
}

function match(pairs: readonly Pairing[], trees: readonly Tree[]): Found[] {
  return pairs.flatMap((pairing) => {
    const [, index] = /\[(\d+)\]/.exec(pairing.field) ?? [];
    const tree = trees[Number(index)];
    const differ = pairing.ours !== pairing.theirs && !explanationOf(pairing);
    return tree && differ ? [{ tree, pairing }] : [];
  });
}
