// validations with their messages, and audit annotations.
import type { Value } from '../../cel/values/values.ts';
import type { Decision, FieldValue } from '../decision.ts';
import { blamedFields } from './blame.ts';
import { evaluateAuditAnnotations } from './evaluate-audit.ts';
import { decide, type Evaluation, effectOfError, scopeFor } from './evaluation.ts';
import { messageOf } from './message.ts';
import { type Pass, type Result, runPass } from './pass.ts';

/** Units of cost for the validations of a policy, their variables and messages; as many for audit annotations. */
const VALIDATION_BUDGET = 10_000_000;

/** Returns a decision for each validation and audit annotation; one for all where the budget did not do. */
export function evaluateValidations(evaluation: Evaluation): Decision[] {
  const { validations, messages } = evaluation.loaded.compiled;
  const pass = runPass(validations, scopeFor(evaluation, 'validation'), VALIDATION_BUDGET);
  if (pass.kind === 'exhausted') return [gaveUp(evaluation, pass.message)];
  const texts = runPass(messages, scopeFor(evaluation, 'message'), pass.remaining);
  const decisions = pass.results.flatMap((result, index) =>
    result ? decideValidation(evaluation, { index, result, texts }) : [],
  );
  const audit = evaluateAuditAnnotations(evaluation, VALIDATION_BUDGET);
  return audit.kind === 'exhausted'
    ? [gaveUp(evaluation, audit.message)]
    : [...decisions, ...audit.decisions];
}

function gaveUp(evaluation: Evaluation, message: string): Decision {
  const effect = effectOfError(evaluation);
  return decide(evaluation, { subject: 'validation', index: 0, outcome: 'error', effect, message });
}

interface Validated {
  readonly index: number;
  readonly result: Result;
  readonly texts: Pass;
}

function decideValidation(evaluation: Evaluation, validated: Validated): Decision {
  const { index, texts } = validated;
  const result = spoilt(validated.result, texts);
  const about = {
    subject: 'validation',
    index,
    cost: result.cost,
    expression: evaluation.loaded.compiled.validations[index],
  } as const;
  switch (result.kind) {
    case 'unknown': {
      const { message } = result;
      return decide(evaluation, { ...about, outcome: 'cannotJudge', effect: 'unknown', message });
    }
    case 'error': {
      const { message } = result;
      const effect = effectOfError(evaluation);
      const decision = decide(evaluation, { ...about, outcome: 'error', effect, message });
      return { ...decision, fields: fieldsOf(evaluation, index, false) };
    }
    case 'value':
      if (result.value !== true) return { ...deny(evaluation, validated), cost: result.cost };
      return decide(evaluation, { ...about, outcome: 'pass', effect: 'admit' });
  }
}

/** Where the budget did not do for the messages, no validation stands, not even one that is true. */
function spoilt(result: Result, texts: Pass): Result {
  if (result.kind !== 'value' || texts.kind === 'done') return result;
  const message = `failed messageExpression: ${texts.message}`;
  return { kind: 'error', message, cost: result.cost };
}

function deny(evaluation: Evaluation, { index, texts }: Validated): Decision {
  const { loaded } = evaluation;
  const validation = loaded.policy.spec.validations[index] ?? { expression: '' };
  const text = texts.kind === 'done' ? textOf(texts.results[index]) : undefined;
  const decision = decide(evaluation, {
    subject: 'validation',
    index,
    outcome: 'fail',
    effect: 'deny',
    message: messageOf(validation, text),
    expression: loaded.compiled.validations[index],
  });
  const fields = fieldsOf(evaluation, index, true);
  return { ...decision, reason: validation.reason ?? 'Invalid', fields };
}

function textOf(result: Result | undefined): Value | undefined {
  return result?.kind === 'value' ? result.value : undefined;
}

function fieldsOf(evaluation: Evaluation, index: number, isFalse: boolean): FieldValue[] {
  const { validations, variables } = evaluation.loaded.compiled;
  const compiled = validations[index];
  const { object } = evaluation.request.input;
  if (!compiled?.program || object === null) return [];
  const scope = scopeFor(evaluation, 'validation');
  return blamedFields(compiled, { object, scope, variables }, isFalse);
}
