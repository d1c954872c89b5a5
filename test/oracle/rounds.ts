// Generated policies, some at once, put to both sides on every subject.
import { Activation } from './activation.ts';
import { pairUp, WHOLE } from './compare-draft.ts';
import { LOADED, loadDraft, refusalsOf } from './compare-load.ts';
import { type Draft, objectsOf, partsOf, without } from './draft.ts';
import { explanationOf } from './explained.ts';
import { judge } from './judged.ts';
import { makeDraft } from './make-draft.ts';
import { Random } from './random.ts';
import type { Suspect } from './roles.ts';
import type { Ground } from './run-suite.ts';
import { saidByServer } from './said.ts';
import { labelled, makeSubjects, type Subject } from './subjects.ts';
import { clear } from './suspects.ts';

const POLICIES = 20;

export interface Generated {
  readonly cases: number;
  /** The first round's; each further round has the next one. */
  readonly seed: number;
}

/** Puts at least so many expressions and objects to both sides. */
export async function runGenerated({ cases, seed }: Generated, ground: Ground): Promise<void> {
  const subjects = await makeSubjects(ground.server);
  const end = ground.tally.cases + cases;
  for (let round = seed; ground.tally.cases < end; round++) {
    await runRound({ seed: round, left: end - ground.tally.cases, subjects }, ground);
    ground.tally.progress();
  }
}

interface Round {
  readonly seed: number;
  readonly left: number;
  readonly subjects: readonly Subject[];
}

async function runRound({ seed, left, subjects }: Round, ground: Ground): Promise<void> {
  const random = new Random(seed);
  const perPolicy = 50 * subjects.length;
  const count = Math.min(POLICIES, Math.ceil(left / perPolicy));
  const suspects: Suspect[] = [];
  const drafts: Draft[] = [];
  for (let i = 0; i < count; i++) {
    const draft = makeDraft(`generated-${seed}-${i}`, random);
    drafts.push(await loadable(draft, { seed, suspects, ...ground }));
  }
  {
    await using _ = await Activation.of(drafts.flatMap(objectsOf), ground.server);
    for (const draft of drafts) {
      for (const subject of subjects) await ask(draft, subject, { seed, suspects, ...ground });
    }
  }
  await clear(suspects, ground);
}

interface Asking extends Ground {
  readonly seed: number;
  readonly suspects: Suspect[];
}

const MAX_TRIES = 10;

/** Takes away what one side refuses, until both take all that is left. */
async function loadable(draft: Draft, asking: Asking): Promise<Draft> {
  let rest = draft;
  for (let i = 0; i < MAX_TRIES; i++) {
    const refusals = await refusalsOf(rest, asking.server);
    const refused = new Set([...refusals.ours.keys(), ...refusals.theirs.keys()]);
    if (refused.size === 0) return rest;
    for (const { field, tree } of partsOf(rest).filter((each) => refused.has(each.field))) {
      const ours = refusals.ours.get(field) ?? LOADED;
      const theirs = refusals.theirs.get(field) ?? LOADED;
      note({ field, ours, theirs, tree, draft: rest, subject: undefined }, asking);
    }
    rest = without(rest, refused);
  }
  throw new Error(`${draft.name} cannot be loaded`);
}

async function ask(draft: Draft, subject: Subject, asking: Asking): Promise<void> {
  const { server, about } = asking;
  const question = labelled(subject, draft.name);
  const { of, object, oldObject } = question;
  const answer = await (oldObject ? server.update(of, object) : server.create(of, object, true));
  const judged = judge(loadDraft(draft).set, question, about);
  const trees = new Map(partsOf(draft).map(({ field, tree }) => [field, tree]));
  for (const pairing of pairUp(draft, judged, saidByServer(answer, [draft.name]))) {
    const tree = pairing.field === WHOLE ? undefined : trees.get(pairing.field);
    note({ ...pairing, tree, draft, subject }, asking);
  }
}

/** Counts what agrees or is explained; the rest is looked into. */
function note(one: Omit<Suspect, 'seed'>, { tally, suspects, seed }: Asking): void {
  const { ours, theirs, field } = one;
  if (ours === theirs || explanationOf({ ours, theirs })) {
    tally.count({ expression: field, object: '', ours, theirs });
  } else suspects.push({ ...one, seed });
}
