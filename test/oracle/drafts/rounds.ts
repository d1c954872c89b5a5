// Generated policies, some at once, put to both sides on every subject.
import { Random } from '../../helpers/random.ts';
import type { Ground } from '../ground.ts';
import { Activation } from '../sides/activation.ts';
import { clear } from './clear.ts';
import { type Draft, objectsOf } from './draft.ts';
import { makeDraft } from './make-draft.ts';
import type { Pairing } from './pairing.ts';
import { isEmpty, without } from './parts.ts';
import { isSuspect, put, putLoad, type Suspect } from './put.ts';
import { LOADED } from './refusals.ts';
import { SUBJECTS } from './subjects.ts';

/** In force at once. */
const POLICIES = 30;
/** Cases that a policy makes on average: every other has 50 expressions for 6 subjects. */
const PER_POLICY = 150;

export interface Generated {
  readonly cases: number;
  readonly seed: number;
  /** The number of the first policy: each is made from the seed and its own number alone. */
  readonly at: number;
}

/** Puts at least so many expressions and whole policies to both sides. */
export async function runGenerated(options: Generated, ground: Ground): Promise<void> {
  const end = ground.tally.cases + options.cases;
  let { at } = options;
  while (ground.tally.cases < end) {
    at = await runRound({ ...options, at, end }, ground);
    ground.tally.progress();
  }
}

interface Round {
  readonly seed: number;
  readonly at: number;
  readonly end: number;
}

/** Returns the number of the next policy. */
async function runRound({ seed, at, end }: Round, ground: Ground): Promise<number> {
  const count = Math.min(POLICIES, Math.ceil((end - ground.tally.cases) / PER_POLICY));
  const drafts = Array.from({ length: count }, (_, index) => {
    const number = at + index;
    return makeDraft(`generated-${seed}-${number}`, new Random(seed * 1_000_003 + number));
  });
  await runDrafts(drafts, ground);
  return at + count;
}

/** Puts the drafts to both sides, and looks into what differs. */
export async function runDrafts(drafts: readonly Draft[], ground: Ground): Promise<void> {
  const suspects: Suspect[] = [];
  const taken: Draft[] = [];
  for (const draft of drafts) taken.push(await loadable(draft, suspects, ground));
  await ask(
    taken.filter((draft) => !isEmpty(draft)),
    suspects,
    ground,
  );
  await clear(suspects, ground);
}

async function ask(drafts: readonly Draft[], suspects: Suspect[], ground: Ground): Promise<void> {
  await using _ = await Activation.of(drafts.flatMap(objectsOf), ground.server);
  for (const draft of drafts) {
    for (const subject of SUBJECTS) {
      for (const pairing of await put(draft, subject, ground)) {
        note({ ...pairing, draft, subject }, suspects, ground);
      }
    }
  }
}

const MAX_TRIES = 10;

/** Takes away what one side refuses, until both take all that is left. */
async function loadable(draft: Draft, suspects: Suspect[], ground: Ground): Promise<Draft> {
  let rest = draft;
  for (let i = 0; i < MAX_TRIES; i++) {
    const refused = (await putLoad(rest, ground)).filter(isRefused);
    if (refused.length === 0) return rest;
    for (const pairing of refused) note({ ...pairing, draft: rest }, suspects, ground);
    rest = without(rest, new Set(refused.map(({ field }) => field)));
  }
  throw new Error(`${draft.name} cannot be loaded`);
}

const isRefused = ({ ours, theirs }: Pairing) => ours !== LOADED || theirs !== LOADED;

/** Counts a case; what is not explained is looked into later. */
function note(suspect: Suspect, suspects: Suspect[], { tally }: Ground): void {
  tally.agree();
  if (isSuspect(suspect)) suspects.push(suspect);
  else if (suspect.ours !== suspect.theirs)
    tally.differ({ what: suspect.field, on: '', ...suspect });
}
