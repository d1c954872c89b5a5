// A few expressions on one subject, put to both sides apart from the policy they were found in.
import { Activation } from './activation.ts';
import { type Pairing, pairUp } from './compare-draft.ts';
import { LOADED, loadDraft, refusalsOf } from './compare-load.ts';
import { type Draft, objectsOf, partsOf, without } from './draft.ts';
import { judge } from './judged.ts';
import type { Ground } from './run-suite.ts';
import { saidByServer } from './said.ts';
import { labelled, type Subject } from './subjects.ts';

/** Asks the same several times; returns the pairs of each answer. */
export async function inquire(
  draft: Draft,
  { subject, times }: { subject: Subject; times: number },
  { server, about }: Ground,
): Promise<Pairing[][]> {
  await using _ = await Activation.of(objectsOf(draft), server);
  const question = labelled(subject, draft.name);
  const { of, object, oldObject } = question;
  const judged = judge(loadDraft(draft).set, question, about);
  const answers: Pairing[][] = [];
  for (let i = 0; i < times; i++) {
    const answer = await (oldObject ? server.update(of, object) : server.create(of, object, true));
    answers.push(pairUp(draft, judged, saidByServer(answer, [draft.name])));
  }
  return answers;
}

/** Returns whether each part can be loaded, by its field. */
export async function inquireLoad(draft: Draft, { server }: Ground): Promise<Pairing[]> {
  const { ours, theirs } = await refusalsOf(draft, server);
  return partsOf(draft).map(({ field }) => ({
    field,
    ours: ours.get(field) ?? LOADED,
    theirs: theirs.get(field) ?? LOADED,
  }));
}

/** Returns the policy with what both sides take. */
export async function loadableOnly(draft: Draft, { server }: Ground): Promise<Draft> {
  const { ours, theirs } = await refusalsOf(draft, server);
  return without(draft, new Set([...ours.keys(), ...theirs.keys()]));
}
