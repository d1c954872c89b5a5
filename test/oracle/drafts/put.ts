// Puts a draft to both sides.
import { explanationOf } from '../explained.ts';
import type { Ground } from '../ground.ts';
import { CONFLICT } from '../sides/api-server.ts';
import { judge } from '../sides/ours.ts';
import { saidByServer } from '../sides/said.ts';
import type { Draft } from './draft.ts';
import { type Pairing, pairUp } from './pairing.ts';
import { partsOf } from './parts.ts';
import { LOADED, loadDraft, refusalsOf } from './refusals.ts';
import { questionAbout, type Subject } from './subjects.ts';

/** A draft on which the sides differ. */
export interface Suspect extends Pairing {
  readonly draft: Draft;
  /** Undefined where it is about loading. */
  readonly subject?: Subject | undefined;
}

/** Asks both sides whether they take each expression of the draft. */
export async function putLoad(draft: Draft, { server }: Ground): Promise<Pairing[]> {
  const { ours, theirs } = await refusalsOf(draft, server);
  return partsOf(draft).map(({ field }) => ({
    field,
    ours: ours.get(field) ?? LOADED,
    theirs: theirs.get(field) ?? LOADED,
  }));
}

/** Asks both sides about the subject; the draft is in force. */
export async function put(draft: Draft, subject: Subject, ground: Ground): Promise<Pairing[]> {
  const { question, answer } = await ask(draft, subject, ground);
  const judged = judge(question, { ...ground, set: loadDraft(draft).set });
  return pairUp(draft, judged, saidByServer(answer, [draft.name]));
}

const MAX_TRIES = 10;

/** A controller may write between our look at the old object and the update. */
async function ask({ name }: Draft, subject: Subject, { server }: Ground) {
  for (let i = 1; ; i++) {
    const question = await questionAbout(subject, name, server);
    const answer = await server.dryRun(question.of, question.object, question.oldObject);
    if (answer.code !== CONFLICT || i === MAX_TRIES) return { question, answer };
  }
}

/** Whether the sides differ and nothing is known of why. */
export function isSuspect(pairing: Pairing): boolean {
  return pairing.ours !== pairing.theirs && !explanationOf(pairing);
}
