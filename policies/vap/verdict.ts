// Decisions -> the API server's answer, in its words.
import { codeOf, type Decision } from './decision.ts';
import { cutBytes, goJson, quote } from './go-text.ts';
import type { JsonObject, Reason } from './policy.ts';
import { type AdmissionInput, targetOf } from './request.ts';
import { shownWarnings } from './warnings.ts';

/** The answer to a request. Warnings and audit annotations come with every outcome. */
export type Verdict = {
  readonly warnings: readonly string[];
  /** By their full keys; what a decision that cannot be judged would publish is not among them. */
  readonly auditAnnotations: Readonly<Record<string, string>>;
} & (
  | { readonly outcome: 'allowed' }
  | {
      readonly outcome: 'denied';
      /** HTTP status. */
      readonly code: number;
      readonly reason: Reason;
      /** What the policy says; with several denials, the first one's, as the API server picks one of them. */
      readonly message: string;
      /** The message of the API server's answer, which begins with the object. */
      readonly status: string;
      readonly denials: readonly Decision[];
    }
  /** Never to be taken for allowed: the result depends on what is not known here. */
  | { readonly outcome: 'cannotJudge'; readonly reasons: readonly string[] }
);

/** Returns the answer to the request that the decisions were made for. */
export function verdict(decisions: readonly Decision[], input: AdmissionInput): Verdict {
  const extras = { warnings: warningsOf(decisions), auditAnnotations: annotationsOf(decisions) };
  const deciding = decisions.filter(({ actions }) => actions.includes('Deny'));
  const denials = deciding.filter(({ effect }) => effect === 'deny');
  const [first] = denials;
  if (first) return { ...extras, outcome: 'denied', ...denial(first, input), denials };
  const unknown = deciding.filter(({ effect }) => effect === 'unknown');
  if (unknown.length === 0) return { ...extras, outcome: 'allowed' };
  return { ...extras, outcome: 'cannotJudge', reasons: reasonsOf(unknown) };
}

/** Returns the API server's words for a decision that denies. */
export function denialText({ policy, binding, message }: Decision): string {
  const who = binding === undefined ? '' : ` with binding '${binding}'`;
  return `ValidatingAdmissionPolicy '${policy}'${who} denied request: ${message}`;
}

/** Returns the API server's words for a decision that warns. */
export function warningText({ policy, binding, message }: Decision): string {
  return `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${binding}': ${message}`;
}

function denial(decision: Decision, input: AdmissionInput) {
  const { reason } = decision;
  const message = denialText(decision);
  const status = `${describe(input)} is forbidden: ${message}`;
  return { code: codeOf(reason), reason, message, status };
}

function describe(input: AdmissionInput): string {
  const { group, resource } = input.resource;
  const metadata = input.object?.metadata as JsonObject | undefined;
  const name = targetOf(input).name || String(metadata?.generateName || 'Unknown');
  return `${resource}${group && `.${group}`} ${quote(name)}`;
}

function reasonsOf(decisions: readonly Decision[]): string[] {
  const reasons = decisions.map(({ policy, message }) => `policy ${policy}: ${message}`);
  return [...new Set(reasons)];
}

function warningsOf(decisions: readonly Decision[]): string[] {
  const warned = decisions.filter(
    ({ effect, actions }) => effect === 'deny' && actions.includes('Warn'),
  );
  return shownWarnings(warned.map(warningText));
}

const FAILURES = 'validation.policy.admission.k8s.io/validation_failure';
/** Further failures are left out of the audit annotation. */
const MAX_FAILURES = 50;
const MAX_ANNOTATION_BYTES = 10 * 1024;

function annotationsOf(decisions: readonly Decision[]): Record<string, string> {
  const values = new Map<string, Set<string>>();
  for (const { policy, annotation } of decisions) {
    if (!annotation) continue;
    const key = `${policy}/${annotation.key}`;
    const value = cutBytes(annotation.value, MAX_ANNOTATION_BYTES);
    values.set(key, (values.get(key) ?? new Set()).add(value));
  }
  const published = [...values].map(([key, all]) => [key, [...all].join(', ')] as const);
  const failures = failuresOf(decisions);
  return Object.fromEntries(failures ? [...published, [FAILURES, failures]] : published);
}

function failuresOf(decisions: readonly Decision[]): string | undefined {
  const failures = decisions
    .filter(({ effect, actions }) => effect === 'deny' && actions.includes('Audit'))
    .map(({ message, policy, binding, index, actions }) => ({
      message,
      policy,
      binding,
      expressionIndex: index,
      validationActions: actions,
    }));
  return failures.length > 0 ? goJson(failures.slice(0, MAX_FAILURES)) : undefined;
}
