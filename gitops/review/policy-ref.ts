import type { Decision } from '../../policies/index.ts';
import { type Policies, policiesIn } from '../policy/policies.ts';
import type { PolicyRef } from './report.ts';

/** Where the field puts what a policy is about; Kyverno's names, which dashboards know. */
const PREFIX = 'policies.kyverno.io/';
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;

/** Returns what a report says of the policy that made a decision. */
export function policyRef(
  policies: Policies,
  { policy: name, binding, place }: Decision,
): PolicyRef {
  const loaded = policiesIn(policies).find(({ policy }) => policy.metadata.name === name);
  const { annotations = {} } = loaded?.policy.metadata ?? {};
  const text = (key: string) => annotations[PREFIX + key]?.trim();
  const severity = SEVERITIES.find((each) => each === text('severity'));
  const where = place ?? loaded?.place;
  return {
    name,
    ...(binding !== undefined && { binding }),
    ...optional('title', text('title')),
    ...optional('category', text('category')),
    ...optional('description', text('description')),
    ...(severity && { severity }),
    ...(where && { place: { ...where, endLine: where.line, endColumn: where.column + 1 } }),
  };
}

function optional<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value ? { [key]: value } : {}) as { [P in K]?: string };
}
