import type { Ground } from '../ground.ts';
import { Activation } from '../sides/activation.ts';
import { type Draft, objectsOf } from './draft.ts';
import { isEmpty } from './parts.ts';
import { isSuspect, put, putLoad, type Suspect } from './put.ts';
import { LOADED } from './refusals.ts';
import { sizeOf, smallerDrafts } from './smaller-drafts.ts';
import type { Subject } from './subjects.ts';

const LONGEST_MS = 40_000;
/** Tried in one step, and how many of them at once. */
const MAX_TRIED = 90;
const AT_ONCE = 30;

/** Returns the smallest draft that was found within 40 s on which the sides still differ. */
export async function shrink(suspect: Suspect, ground: Ground): Promise<Suspect> {
  const end = performance.now() + LONGEST_MS;
  let best = suspect;
  while (performance.now() < end) {
    const found = await smallerThan(best, ground);
    if (!found) break;
    best = found;
  }
  return best;
}

let names = 0;

async function smallerThan(suspect: Suspect, ground: Ground): Promise<Suspect | undefined> {
  const size = sizeOf(suspect.draft);
  const candidates = [...smallerDrafts(suspect.draft, suspect.field)]
    .filter((each) => sizeOf(each) < size && !isEmpty(each))
    .slice(0, MAX_TRIED);
  for (let at = 0; at < candidates.length; at += AT_ONCE) {
    const drafts = candidates
      .slice(at, at + AT_ONCE)
      // All of one length, or the name would count.
      .map((each) => ({ ...each, name: `shrunk-${String(names++).padStart(6, '0')}` }));
    const { subject } = suspect;
    const found = subject ? await differing(drafts, subject, ground) : await loaded(drafts, ground);
    const [first] = found.sort((a, b) => sizeOf(a.draft) - sizeOf(b.draft));
    if (first) return first;
  }
  return undefined;
}

async function loaded(drafts: readonly Draft[], ground: Ground): Promise<Suspect[]> {
  const found: Suspect[] = [];
  for (const draft of drafts) {
    const pairing = (await putLoad(draft, ground)).find(isSuspect);
    if (pairing) found.push({ ...pairing, draft });
  }
  return found;
}

/** Those that one side does not even take are not asked. */
async function differing(
  drafts: readonly Draft[],
  subject: Subject,
  ground: Ground,
): Promise<Suspect[]> {
  const taken: Draft[] = [];
  for (const draft of drafts) {
    const pairs = await putLoad(draft, ground);
    if (pairs.every(({ ours, theirs }) => ours === LOADED && theirs === LOADED)) taken.push(draft);
  }
  await using _ = await Activation.of(taken.flatMap(objectsOf), ground.server);
  const found: Suspect[] = [];
  for (const draft of taken) {
    const pairing = (await put(draft, subject, ground)).find(isSuspect);
    if (pairing) found.push({ ...pairing, draft, subject });
  }
  return found;
}
