// Policies and a request -> decisions, as the API server's dispatcher comes to them.
import { fromJson } from '../../cel/values/json.ts';
import type { Decision } from '../decision.ts';
import { isExempt, type Match, matchRequest } from '../match.ts';
import { type ParamSource, resolveParams } from '../params.ts';
import type { ParamKind } from '../policy.ts';
import type { LoadedBinding, LoadedPolicy, PolicySet } from '../policy-set.ts';
import { type AdmissionInput, sameResource, targetOf } from '../request.ts';
import { splitApiVersion } from '../resources.ts';
import { evaluateConditions } from './evaluate-conditions.ts';
import { evaluateValidations } from './evaluate-validations.ts';
import { decide, type Evaluation, effectOfError } from './evaluation.ts';
import { RequestValues } from './request-values.ts';

/** What every policy is judged with. */
interface Run {
  readonly set: PolicySet;
  readonly params: ParamSource;
  readonly request: RequestValues;
}

/** A policy that matches the request, and one of its bindings. */
interface Candidate {
  readonly loaded: LoadedPolicy;
  readonly bound: LoadedBinding;
  readonly match: Match;
}

/**
 * Returns the decisions of every policy that has a binding for the request, in the order of the names of policies,
 * bindings and parameters. (The API server has no order among policies.)
 *
 * @param params where parameters are looked up; left out: among the objects of the set
 */
export function dispatch(
  set: PolicySet,
  input: AdmissionInput,
  params: ParamSource = set.params,
): Decision[] {
  if (isExempt(input.resource)) return [];
  const run: Run = { set, params, request: new RequestValues(input) };
  return set.policies.flatMap((loaded) => evaluatePolicy(run, loaded));
}

function evaluatePolicy(run: Run, loaded: LoadedPolicy): Decision[] {
  const { metadata, spec } = loaded.policy;
  const bindings = run.set.bindings.filter(
    ({ binding }) => binding.spec.policyName === metadata.name,
  );
  if (bindings.length === 0) return [];
  const match = matchRequest(spec.matchConstraints, matchInput(run));
  if (!match) return [];
  const { paramKind } = spec;
  const kindMissing = paramKind && run.params.complete && !run.params.scopeOf(paramKind);
  if (kindMissing) return ifMatched([unusable(loaded, paramKind)], match);
  return bindings.flatMap((bound) => evaluateBinding(run, { loaded, bound, match }));
}

function unusable(loaded: LoadedPolicy, { apiVersion, kind }: ParamKind): Decision {
  const { group, version } = splitApiVersion(apiVersion);
  const error = `failed to find resource referenced by paramKind: '${group}/${version}, Kind=${kind}'`;
  return configurationError({ loaded }, `failed to configure policy: ${error}`);
}

const matchInput = ({ set, request }: Run) => ({ input: request.input, kinds: set.kinds });

function evaluateBinding(run: Run, candidate: Candidate): Decision[] {
  const { loaded, bound, match } = candidate;
  const { matchResources, paramRef } = bound.binding.spec;
  const own = matchResources && matchRequest(matchResources, matchInput(run));
  if (matchResources && !own) return [];
  const { input } = run.request;
  const { namespace } = targetOf(input);
  const request = { paramKind: loaded.policy.spec.paramKind, paramRef, namespace };
  const resolved = resolveParams(request, run.params);
  if (resolved.error) {
    const message = `failed to configure binding: ${resolved.error}`;
    return ifMatched([configurationError(candidate, message)], match, own);
  }
  const unconverted = unconvertible(match, input);
  if (unconverted && resolved.params.length > 0) return [unjudged(candidate, unconverted)];
  const decisions = resolved.params.flatMap((param) =>
    evaluateOnce({
      ...candidate,
      param,
      // Of whatever kind, the API server hands them over as JSON.
      params: fromJson(param?.object ?? null),
      request: run.request,
    }),
  );
  if (resolved.unknown) decisions.push(unjudged(candidate, resolved.unknown));
  return ifMatched(decisions, match, own);
}

function configurationError(
  about: Pick<Evaluation, 'loaded'> & Partial<Pick<Evaluation, 'bound'>>,
  message: string,
): Decision {
  const effect = effectOfError(about);
  const finding = {
    subject: 'configuration',
    index: 0,
    outcome: 'error',
    effect,
    message,
  } as const;
  return { ...decide(about, finding), actions: ['Deny'] };
}

function unjudged(candidate: Candidate, message: string): Decision {
  return decide(candidate, {
    subject: 'configuration',
    index: 0,
    outcome: 'cannotJudge',
    effect: 'unknown',
    message,
  });
}

/** The API server would hand the object to the policy in another version. */
function unconvertible(match: Match, input: AdmissionInput): string | undefined {
  if (sameResource(match.resource, input.objectResource ?? input.resource)) return undefined;
  const { group, version, kind } = match.kind;
  return `the policy asks for ${kind} of ${group}/${version}; conversion is not done here`;
}

function evaluateOnce(evaluation: Evaluation): Decision[] {
  const { decided, unknown } = evaluateConditions(evaluation);
  if (decided) return [decided];
  const decisions = evaluateValidations(evaluation);
  return unknown ? decisions.map((each) => onlyIf(each, unknown)) : decisions;
}

/** What was decided holds only if policy and binding match, which may depend on what is not known. */
function ifMatched(decisions: Decision[], ...matches: readonly (Match | undefined)[]): Decision[] {
  const unknown = matches.find((match) => match?.unknown)?.unknown;
  return unknown ? decisions.map((each) => onlyIf(each, unknown)) : decisions;
}

/** A decision that admits stands, whether the policy is for the request or not. */
function onlyIf({ annotation, ...decision }: Decision, unknown: string): Decision {
  if (decision.effect !== 'deny') return decision;
  return { ...decision, outcome: 'cannotJudge', effect: 'unknown', message: unknown };
}
