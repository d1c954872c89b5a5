// Expressions on which the sides differ: asked again, made smaller, told.
import type { Draft } from './draft.ts';
import { TRUE, UNSTABLE } from './explained.ts';
import { inquire } from './inquiry.ts';
import { isError, messageTree, roleOf, type Suspect, withParts } from './roles.ts';
import type { Ground } from './run-suite.ts';
import { shrink } from './shrink.ts';
import type { Case } from './tally.ts';
import { textOf } from './tree.ts';

/** More suspects are not asked again; there is something else to mend then. */
const MAX_ASKED = 40;
const MAX_SHRUNK = 15;

/** Counts the suspects: as explained where the API server changes its mind, else as differences. */
export async function clear(suspects: readonly Suspect[], ground: Ground): Promise<void> {
  const told = new Set<string>();
  for (const [index, suspect] of suspects.entries()) {
    const unstable = index < MAX_ASKED && (await isUnstable(suspect, ground));
    const one = caseOf(suspect);
    ground.tally.count({ ...one, reason: unstable ? UNSTABLE : undefined });
    if (unstable || told.has(one.expression)) continue;
    told.add(one.expression);
    if (told.size <= MAX_SHRUNK) await tell(suspect, ground);
  }
}

function caseOf({ tree, field, draft, subject, ours, theirs }: Suspect): Case {
  const expression = tree ? textOf(tree) : `${draft.name} ${field}`;
  return { expression, object: subject?.of.kind ?? 'load', ours, theirs };
}

async function tell(suspect: Suspect, ground: Ground): Promise<void> {
  const { seed } = suspect;
  const smallest = await shrink(suspect, ground);
  if (smallest) ground.tally.note(`    smaller: ${smallest}`);
  ground.tally.note(`    again:   npm run oracle -- --only generated --cases 6000 --seed ${seed}`);
}

/** The order of a map of two entries is the usual one seven times of eight. */
const TIMES = 100;

/** Whether the API server gives several answers, ours among them. */
async function isUnstable(suspect: Suspect, ground: Ground): Promise<boolean> {
  const { subject, theirs } = suspect;
  if (!subject) return false;
  const answers = await inquire(alone(suspect), { subject, times: TIMES }, ground);
  const their = new Set(answers.flatMap((pairs) => pairs.map(({ theirs: each }) => each)));
  const agree = answers.some((pairs) => pairs.every((each) => each.ours === each.theirs));
  // Which of several errors comes first depends on the order, and ours may never be met.
  return agree || (their.size > 1 && theirs !== TRUE && isError(suspect.ours));
}

/** Returns a policy with no other expression, but for the variables. */
function alone(suspect: Suspect): Draft {
  const { draft, tree } = suspect;
  const role = roleOf(suspect);
  const message = role === 'message' ? messageTree(suspect) : undefined;
  const asked = message ?? tree;
  return role === 'other' || !asked ? draft : withParts(draft, role, [asked]);
}
