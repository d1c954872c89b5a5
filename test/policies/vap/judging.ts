// One policy, one binding and one request to judge, and what comes of it.
import type { ExecutionContext } from 'ava';
import { evaluatePolicies, type Outcome, verdict } from '../../../policies/index.ts';
import type { AdmissionInput } from '../../../policies/vap/request.ts';
import { bindingYaml, fileOf, loaded, policyYaml } from './policy-files.ts';
import { request } from './requests.ts';

/** Match constraints for Deployments. */
export const DEPLOYMENTS =
  'matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: ["*"], resources: [deployments]}]}';

/** Returns the spec of a policy for Deployments with one validation. */
export function validation(expression: string, more = ''): string {
  return `${DEPLOYMENTS}\n${more}\nvalidations:\n- expression: ${JSON.stringify(expression)}\n`;
}

export interface Row {
  readonly title: string;
  readonly spec: string;
  /** Further fields of the binding's spec. */
  readonly bind?: string;
  readonly input?: Partial<AdmissionInput>;
  readonly decisions: readonly Outcome[];
  readonly verdict: 'allowed' | 'denied' | 'cannotJudge';
}

export const unknown = { decisions: ['cannotJudge'], verdict: 'cannotJudge' } as const;
export const passed = { decisions: ['pass'], verdict: 'allowed' } as const;
export const failed = { decisions: ['fail'], verdict: 'denied' } as const;

export function judge(t: ExecutionContext, { spec, bind = '', input, ...want }: Row): void {
  const bound = bindingYaml(`policyName: p\nvalidationActions: [Deny]\n${bind}`);
  const asked = request(input);
  const made = evaluatePolicies(loaded(fileOf(policyYaml(spec), bound)), asked);
  t.deepEqual(
    made.map(({ outcome }) => outcome),
    [...want.decisions],
  );
  t.is(verdict(made, asked).outcome, want.verdict);
}
