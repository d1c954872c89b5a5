import { simplest } from '../expressions/literals.ts';
import { smaller, type Tree, textOf } from '../expressions/tree.ts';
import { type Draft, objectsOf } from './draft.ts';
import { plainerFrames } from './frame.ts';
import { alone, changed, partsOf, without } from './parts.ts';

/** How much there is to read. */
export function sizeOf(draft: Draft): number {
  return JSON.stringify(objectsOf(draft)).length;
}

/** Yields drafts with less in them, the biggest cuts first: parts alone, parts left out, and smaller expressions. */
export function* smallerDrafts(draft: Draft, field: string): Generator<Draft> {
  const parts = partsOf(draft);
  if (parts.some((part) => part.field === field)) yield* around(draft, field);
  const fields = parts.map((part) => part.field);
  const middle = Math.ceil(fields.length / 2);
  yield without(draft, new Set(fields.slice(0, middle)));
  yield without(draft, new Set(fields.slice(middle)));
  for (const one of fields) yield without(draft, new Set([one]));
  for (const frame of plainerFrames(draft.frame)) yield { ...draft, frame };
  yield withoutExtras(draft);
  for (const { tree } of parts) {
    for (const less of smaller(tree, simplest)) yield replaced(draft, tree, less);
  }
}

/** The expression of the field alone; of a validation also with its message, without variables if it goes. */
function* around(draft: Draft, field: string): Generator<Draft> {
  const one = alone(draft, field);
  const { validations } = draft;
  const rules = validations.filter((rule) =>
    one.validations.some(({ tree }) => tree === rule.tree),
  );
  for (const each of [{ ...one, validations: rules.length > 0 ? rules : one.validations }, one]) {
    yield { ...each, variables: [] };
    yield each;
  }
}

function withoutExtras(draft: Draft): Draft {
  const validations = draft.validations.map(({ tree, messageTree }) => ({ tree, messageTree }));
  return { ...draft, validations };
}

function replaced(draft: Draft, old: Tree, by: Tree): Draft {
  const text = textOf(by);
  return changed(draft, (tree) => (tree === old && textOf(tree) !== text ? by : tree));
}
