import type { Decision } from '../decision.ts';
import { trimSpace } from '../go-text.ts';
import { decide, type Evaluation, effectOfError, type Finding, scopeFor } from './evaluation.ts';
import { type Result, runPass } from './pass.ts';

export type AuditPass =
  | { readonly kind: 'done'; readonly decisions: readonly Decision[] }
  | { readonly kind: 'exhausted'; readonly message: string };

/** Returns a decision for each audit annotation; one that fails denies, whatever the binding's actions are. */
export function evaluateAuditAnnotations(evaluation: Evaluation, budget: number): AuditPass {
  const { auditAnnotations } = evaluation.loaded.compiled;
  const pass = runPass(auditAnnotations, scopeFor(evaluation, 'audit'), budget);
  if (pass.kind === 'exhausted') return pass;
  const decisions = pass.results.flatMap((result, index) =>
    result ? decideAnnotation(evaluation, index, result) : [],
  );
  return { kind: 'done', decisions };
}

function decideAnnotation(evaluation: Evaluation, index: number, result: Result): Decision {
  const { loaded } = evaluation;
  const finding = findingOf(evaluation, result);
  const decision = decide(evaluation, {
    subject: 'auditAnnotation',
    index,
    cost: result.cost,
    expression: loaded.compiled.auditAnnotations[index],
    ...finding,
  });
  const value = annotationOf(result);
  const key = loaded.policy.spec.auditAnnotations[index]?.key ?? '';
  return { ...decision, actions: ['Deny'], ...(value && { annotation: { key, value } }) };
}

/** Where errors are ignored, an annotation that cannot be judged denies nothing. */
function findingOf(
  evaluation: Evaluation,
  result: Result,
): Pick<Finding, 'outcome' | 'effect' | 'message'> {
  const effect = effectOfError(evaluation);
  if (result.kind === 'error') return { outcome: 'error', effect, message: result.message };
  if (result.kind === 'value') return { outcome: 'pass', effect: 'admit' };
  const { message } = result;
  return { outcome: 'cannotJudge', effect: effect === 'deny' ? 'unknown' : 'admit', message };
}

/** An empty value is not published, nor is null. */
function annotationOf(result: Result): string {
  return result.kind === 'value' && typeof result.value === 'string' ? trimSpace(result.value) : '';
}
