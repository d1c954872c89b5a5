// What both sides say of each expression of a policy, for one request.
import type { Decision } from '../../../policies/index.ts';
import { TRUE } from '../explained.ts';
import type { Judged } from '../sides/ours.ts';
import { CANNOT_JUDGE, compare, failuresIn, type Said } from '../sides/said.ts';
import { type Draft, MARKER } from './draft.ts';

/** An expression, or the policy as a whole where there is no field, and what each side says. */
export interface Pairing {
  readonly field: string;
  readonly ours: string;
  readonly theirs: string;
}

export const WHOLE = 'whole';

/** Returns a pair for each validation and audit annotation, or one where the validations were not evaluated. */
export function pairUp(draft: Draft, judged: Judged, theirs: Said): Pairing[] {
  if (judged.kind !== 'judged') {
    return [{ field: WHOLE, ours: `${judged.kind}: ${judged.why}`, theirs: theirs.outcome }];
  }
  const { said, decisions } = judged;
  if (!draft.frame.pairs) return wholes(said, theirs);
  const failures = new Map(
    failuresIn(theirs.annotations).map((each) => [each.expressionIndex, each.message]),
  );
  const marker = draft.validations.length;
  const ourMarker = decisions.find((each) => isValidation(each, marker));
  if (failures.get(marker) !== MARKER || !ourMarker) return wholes(said, theirs);
  const pairs = [...validations(draft, decisions, failures), ...annotations(draft, said, theirs)];
  const agree = pairs.every(({ ours, theirs: their }) => ours === their);
  return agree ? [...pairs, ...differing(said, theirs)] : pairs;
}

const isValidation = ({ subject, index }: Decision, wanted: number) =>
  subject === 'validation' && index === wanted;

/** One case, that may differ in several ways. */
function wholes(ours: Said, theirs: Said): Pairing[] {
  const found = differing(ours, theirs);
  return found.length > 0 ? found : [{ field: WHOLE, ours: TRUE, theirs: TRUE }];
}

function differing(ours: Said, theirs: Said): Pairing[] {
  return compare(ours, theirs).map((each) => ({
    field: WHOLE,
    ours: `${each.what}: ${each.ours}`,
    theirs: `${each.what}: ${each.theirs}`,
  }));
}

function validations(
  draft: Draft,
  decisions: readonly Decision[],
  failures: ReadonlyMap<number, string>,
): Pairing[] {
  const byIndex = new Map(
    decisions.filter(({ subject }) => subject === 'validation').map((each) => [each.index, each]),
  );
  return draft.validations.map((_, index) => ({
    field: `spec.validations[${index}].expression`,
    ours: describe(byIndex.get(index)),
    theirs: failures.get(index) ?? TRUE,
  }));
}

function describe(decision: Decision | undefined): string {
  if (!decision) return 'nothing';
  if (decision.effect === 'unknown') return `${CANNOT_JUDGE}: ${decision.message}`;
  return decision.effect === 'admit' ? TRUE : decision.message;
}

/** Where an annotation cannot be judged the answer as a whole tells so. */
function annotations({ name, annotations: trees }: Draft, ours: Said, theirs: Said): Pairing[] {
  const textOf = (said: Said, index: number) => said.annotations[`${name}/k${index}`] ?? 'none';
  return trees.map((_, index) => ({
    field: `spec.auditAnnotations[${index}].valueExpression`,
    ours: textOf(ours, index),
    theirs: textOf(theirs, index),
  }));
}
