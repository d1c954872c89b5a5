// matchConditions: false on any of them and the policy is not for the request.
import type { Decision } from '../decision.ts';
import { decide, type Evaluation, effectOfError, type Finding, scopeFor } from './evaluation.ts';
import { type Result, runPass } from './pass.ts';

/** Units of cost for all match conditions of a policy. */
const CONDITIONS_BUDGET = 2_500_000;

/** What the match conditions say: the validations are asked only where nothing is decided. */
export interface Conditions {
  readonly decided?: Decision;
  /** Set where it is not known whether they all hold. */
  readonly unknown?: string;
}

export function evaluateConditions(evaluation: Evaluation): Conditions {
  const { matchConditions } = evaluation.loaded.compiled;
  if (matchConditions.length === 0) return {};
  const pass = runPass(matchConditions, scopeFor(evaluation, 'condition'), CONDITIONS_BUDGET);
  if (pass.kind === 'exhausted') return failed(evaluation, pass.message);
  const results = pass.results.filter((result) => result !== undefined);
  const no = results.findIndex((result) => result.kind === 'value' && result.value === false);
  if (no >= 0) return skipped(evaluation, no, results);
  const errors = results.flatMap((each) => (each.kind === 'error' ? each.message : []));
  const unknown = results.find(({ kind }) => kind === 'unknown');
  const ignored = errors.length > 0 && effectOfError(evaluation) === 'admit';
  if (unknown?.kind === 'unknown' && !ignored) return { unknown: unknown.message };
  return errors.length > 0 ? failed(evaluation, aggregate(errors)) : {};
}

const CONDITION: Pick<Finding, 'subject' | 'index'> = { subject: 'matchCondition', index: 0 };

function skipped(evaluation: Evaluation, index: number, results: readonly Result[]): Conditions {
  const { loaded } = evaluation;
  const decided = decide(evaluation, {
    ...CONDITION,
    outcome: 'skip',
    effect: 'admit',
    message: `match condition '${loaded.policy.spec.matchConditions[index]?.name}' is false`,
    expression: loaded.compiled.matchConditions[index],
    cost: results.reduce((sum, { cost }) => sum + cost, 0),
  });
  return { decided };
}

function failed(evaluation: Evaluation, message: string): Conditions {
  const effect = effectOfError(evaluation);
  return { decided: decide(evaluation, { ...CONDITION, outcome: 'error', effect, message }) };
}

/** Joins errors as the API server does: each text once, in brackets where there are several. */
function aggregate(errors: readonly string[]): string {
  const texts = [...new Set(errors)];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}
