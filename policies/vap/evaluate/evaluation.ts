import { authorizerValue, requestResourceValue } from '../../cel/lib/kubernetes/authorizer.ts';
import type { Value } from '../../cel/values/values.ts';
import type { Compiled } from '../compile.ts';
import type { Decision, Effect, Outcome, Subject } from '../decision.ts';
import type { Match } from '../match.ts';
import type { Param } from '../params.ts';
import type { LoadedBinding, LoadedPolicy } from '../policy-set.ts';
import type { RequestValues } from './request-values.ts';
import { Scope } from './scope.ts';

/** One policy with one binding and one parameter, to be evaluated for one request. */
export interface Evaluation {
  readonly loaded: LoadedPolicy;
  readonly bound: LoadedBinding;
  readonly param: Param | undefined;
  readonly params: Value;
  readonly match: Match;
  readonly request: RequestValues;
}

/** The groups of expressions that share variables; each sees a little less than the one before. */
export type Phase = 'condition' | 'validation' | 'message' | 'audit';

/** Returns the names that expressions of the phase can use, with variables that nobody has asked for yet. */
export function scopeFor(evaluation: Evaluation, phase: Phase): Scope {
  const { loaded, request } = evaluation;
  return new Scope({
    variables: loaded.compiled.variables,
    unknowns: request.unknowns,
    values: (name) => lookUp(name, evaluation, phase),
  });
}

const AUTHORIZER_PHASES: readonly Phase[] = ['condition', 'validation'];

function lookUp(name: string, { request, params, match }: Evaluation, phase: Phase) {
  switch (name) {
    case 'object':
      return request.object;
    case 'oldObject':
      return request.oldObject;
    case 'params':
      return params;
    case 'request':
      return request.requestFor(requested(match, request, phase));
    case 'namespaceObject':
      return phase === 'condition' ? null : request.namespaceObject();
    case 'authorizer':
      return ask(request, phase, authorizerValue);
    case 'authorizer.requestResource':
      return ask(request, phase, requestResourceValue);
    default:
      return undefined;
  }
}

/** Whatever comes of the answer, it is not known here. */
function ask({ unknowns }: RequestValues, phase: Phase, value: Value): Value | undefined {
  if (!AUTHORIZER_PHASES.includes(phase)) return undefined;
  unknowns.ask('authorizer is not known here');
  return value;
}

/** Match conditions see the resource that was asked for, not the equivalent one that matched. */
function requested(match: Match, { input }: RequestValues, phase: Phase): Match {
  return phase === 'condition' ? { kind: match.kind, resource: input.resource } : match;
}

/** What a decision says beside what follows from its evaluation. */
export interface Finding {
  readonly subject: Subject;
  readonly index: number;
  readonly outcome: Outcome;
  readonly effect: Effect;
  readonly message?: string;
  readonly cost?: number;
  readonly expression?: Compiled | undefined;
}

/** What a decision is about: a policy, with the binding and the parameter where it came to them. */
type About = Pick<Evaluation, 'loaded'> & Partial<Pick<Evaluation, 'bound' | 'param'>>;

/** Returns a decision with the actions of the binding and the default reason. */
export function decide(
  { loaded, bound, param }: About,
  { expression, message = '', cost = 0, ...finding }: Finding,
): Decision {
  return {
    policy: loaded.policy.metadata.name,
    actions: bound?.binding.spec.validationActions ?? [],
    reason: 'Invalid',
    fields: [],
    message,
    cost,
    ...finding,
    ...(bound && { binding: bound.binding.metadata.name }),
    ...(param && { param: param.namespace ? `${param.namespace}/${param.name}` : param.name }),
    ...(expression && { expression: expression.source, place: expression.place }),
  };
}

/** Returns what an error means under the policy's failurePolicy. */
export function effectOfError({ loaded }: Pick<Evaluation, 'loaded'>): Effect {
  return loaded.policy.spec.failurePolicy === 'Ignore' ? 'admit' : 'deny';
}
