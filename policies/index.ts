/**
 * The public API of policies/: ValidatingAdmissionPolicies of files, judged as kube-apiserver judges them.
 *
 * ```ts
 * const { policies, problems } = loadPolicies(files);
 * const { decisions, verdict } = judgeWrite([policies], { resource, object, schemas });
 * ```
 *
 * judgeWrite() takes an object as a file has it. Who has it as the API server shows it to policies, defaulted and
 * pruned, takes the two steps within:
 *
 * ```ts
 * const decisions = evaluatePolicies(policies, request);
 * const answer = verdict(decisions, request);
 * ```
 *
 * Nothing here reads a clock, a file or a cluster. Findings have path, line and column; codeFrame() shows them.
 */
export { codeFrame } from './code-frame.ts';
export { canonicalJson, type Hash, objectDigest, policiesDigest } from './digest.ts';
export { type JudgedWrite, judgeWrite, type Write } from './judge-write.ts';
export { type SchemaSource, schemasOf } from './objects/index.ts';
export { errorsIn, formatProblem, type Position, type Problem } from './problem.ts';
export type { Decision, Effect, FieldValue, Outcome, Subject } from './vap/decision.ts';
export { evaluatePolicies } from './vap/evaluate/evaluate-policies.ts';
export type { PolicyFile } from './vap/load/documents.ts';
export type { Place } from './vap/load/field.ts';
export { type LoadedPolicies, loadPolicies } from './vap/load/load.ts';
export type { LoadOptions } from './vap/load/loading.ts';
export { KnownParams, type Param, type ParamSource } from './vap/params.ts';
export {
  REASONS,
  type Reason,
  type ValidatingAdmissionPolicy,
  type ValidatingAdmissionPolicyBinding,
} from './vap/policy.ts';
export type { LoadedBinding, LoadedPolicy, PolicySet } from './vap/policy-set.ts';
export type { AdmissionInput, UserInfo } from './vap/request.ts';
export { builtInKind, type Resource, type Scope } from './vap/resources.ts';
export { denialText, type Verdict, verdict, warningText } from './vap/verdict.ts';
export type { Waiver } from './vap/waiver.ts';
export { waiverProblems } from './vap/waivers.ts';
