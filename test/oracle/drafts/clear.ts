// Drafts on which the sides differ: asked again, made smaller, told.
import { isUnsafe, TRUE, UNSTABLE } from '../explained.ts';
import { textOf } from '../expressions/tree.ts';
import type { Ground } from '../ground.ts';
import { Activation } from '../sides/activation.ts';
import { objectsOf } from './draft.ts';
import { partsOf } from './parts.ts';
import { put, type Suspect } from './put.ts';
import { shrink } from './shrink.ts';

/** Further suspects are counted only; there is something to mend then. */
const MAX_ASKED = 40;
const MAX_SHRUNK = 10;

/** Counts the suspects: as explained where the API server changes its mind, else as differences, shrunk. */
export async function clear(suspects: readonly Suspect[], ground: Ground): Promise<void> {
  const shrunk = new Set<string>();
  for (const [index, suspect] of suspects.entries()) {
    const about = describe(suspect);
    const unstable = index < MAX_ASKED && (await isUnstable(suspect, ground));
    const isNew = !unstable && !shrunk.has(about.what) && shrunk.size < MAX_SHRUNK;
    if (isNew) shrunk.add(about.what);
    const notes = isNew ? smallest(await shrink(suspect, ground)) : [];
    const reason = unstable ? UNSTABLE : undefined;
    ground.tally.differ({ ...about, reason, notes: [...notes, again(suspect)] });
  }
}

function describe({ draft, field, subject, ours, theirs }: Suspect) {
  const tree = partsOf(draft).find((part) => part.field === field)?.tree;
  const what = tree ? textOf(tree) : `${draft.name} ${field}`;
  const verb = subject?.isUpdate ? 'update of ' : '';
  return { what, on: subject ? verb + subject.of.kind : 'load', ours, theirs };
}

function smallest(suspect: Suspect): string[] {
  const [policy, binding] = objectsOf(suspect.draft);
  return [
    `smaller: ${JSON.stringify(policy.spec)}`,
    `  bound: ${JSON.stringify(binding.spec)}`,
    `  ours:   ${suspect.ours}`,
    `  theirs: ${suspect.theirs}`,
  ];
}

/** Drafts are named after their seed and number. */
function again({ draft }: Suspect): string {
  const [, seed, at] = draft.name.split('-');
  return `again: npm run oracle -- --only generated --seed ${seed} --at ${at} --cases 1`;
}

/** The order of a map of two entries is the usual one seven times of eight. */
const TIMES = 60;

/** Whether the API server gives several answers, ours among them. */
async function isUnstable(suspect: Suspect, ground: Ground): Promise<boolean> {
  const { draft, subject, field, ours, theirs } = suspect;
  if (!subject || isUnsafe(suspect)) return false;
  await using _ = await Activation.of(objectsOf(draft), ground.server);
  const answers = new Set<string>();
  for (let i = 0; i < TIMES; i++) {
    const pairs = await put(draft, subject, ground);
    const mine = pairs.filter((pair) => pair.field === field);
    if (mine.every((pair) => pair.ours === pair.theirs)) return true;
    for (const pair of mine) answers.add(pair.theirs);
  }
  // Which of several errors comes first depends on the order, and ours may never be met.
  return answers.size > 1 && theirs !== TRUE && / resulted in error: /.test(ours);
}
