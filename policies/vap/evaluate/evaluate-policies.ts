import type { Decision } from '../decision.ts';
import type { ParamSource } from '../params.ts';
import type { PolicySet } from '../policy-set.ts';
import type { AdmissionInput } from '../request.ts';
import { applyWaivers } from '../waivers.ts';
import { dispatch } from './evaluate.ts';

/**
 * Judges one request by all policies that have a binding for it.
 *
 * @param params where parameters are looked up; left out: among the objects that were loaded with the policies
 * @returns the decisions in the order of the names of policies, bindings and parameters; none where no policy is for
 *   the request
 */
export function evaluatePolicies(
  set: PolicySet,
  input: AdmissionInput,
  params: ParamSource = set.params,
): Decision[] {
  return applyWaivers(dispatch(set, input, params), set.waivers, input);
}
