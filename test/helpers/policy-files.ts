// Policies as a person commits them.
import { DEPLOYMENT, INGRESS, type Kind, WEBAPP } from '../../gitops/kinds.ts';

export interface PolicyText {
  readonly name: string;
  /** CEL. */
  readonly expression: string;
  readonly message?: string;
  /** The one namespace that it is for; all unless given. */
  readonly namespace?: string;
  /** What it judges; WebApps unless given. */
  readonly of?: Kind;
  /** As YAML; `CREATE, UPDATE` unless given. */
  readonly operations?: string;
  /** Of the binding, as YAML; `Deny` unless given. */
  readonly actions?: string;
  /** Further fields of the policy's spec, each a line of YAML. */
  readonly more?: readonly string[];
  /** Further fields of the binding's spec, each a line of YAML. */
  readonly bound?: readonly string[];
}

/** Returns a policy and its binding of the same name. The expression stands in line 7 where there is nothing more. */
export function policyFile(policy: PolicyText): string {
  return `${policyText(policy)}---\n${bindingText(policy)}`;
}

function policyText(policy: PolicyText): string {
  const { name, expression, message, of = WEBAPP, more = [], namespace } = policy;
  const { operations = 'CREATE, UPDATE' } = policy;
  const [, group = ''] = of.apiVersion.split('/').reverse();
  const rule = `{apiGroups: ['${group}'], apiVersions: ['*'], operations: [${operations}], resources: [${of.plural}]}`;
  const where = namespace
    ? `, namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${namespace}}}`
    : '';
  return lines(
    'apiVersion: admissionregistration.k8s.io/v1',
    'kind: ValidatingAdmissionPolicy',
    `metadata: {name: ${name}}`,
    'spec:',
    `  matchConstraints: {resourceRules: [${rule}]${where}}`,
    ...more.map((line) => `  ${line}`),
    '  validations:',
    `    - expression: ${expression}`,
    ...(message === undefined ? [] : [`      message: ${message}`]),
  );
}

function bindingText({ name, actions = 'Deny', bound = [] }: PolicyText): string {
  return lines(
    'apiVersion: admissionregistration.k8s.io/v1',
    'kind: ValidatingAdmissionPolicyBinding',
    `metadata: {name: ${name}}`,
    'spec:',
    `  policyName: ${name}`,
    `  validationActions: [${actions}]`,
    ...bound.map((line) => `  ${line}`),
  );
}

/** Returns a waiver of a policy for one WebApp. */
export function waiverFile(policy: string, webapp: string, expires: string): string {
  return lines(
    'apiVersion: example.com/v1',
    'kind: PolicyWaiver',
    `metadata: {name: ${webapp}}`,
    'spec:',
    `  policy: ${policy}`,
    `  objects: [{kind: WebApp, name: ${webapp}}]`,
    '  reason: the sale',
    '  owner: team-shop',
    `  expires: '${expires}'`,
  );
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

/** At most three pods, asked of the WebApp. */
export const AT_MOST_THREE: PolicyText = {
  name: 'at-most-three',
  expression: 'object.spec.replicas <= 3',
  message: 'replicas must be <= 3',
};

/** Keeps the WebApp b from being deleted. */
export const KEEP_B: PolicyText = {
  name: 'keep-b',
  operations: 'DELETE',
  expression: "object == null && oldObject.metadata.name != 'b'",
  message: 'this one is to be kept',
};

/** Keeps every Ingress from being deleted. */
export const KEEP_INGRESS: PolicyText = {
  name: 'keep-ingress',
  of: INGRESS,
  operations: 'DELETE',
  expression: "oldObject.metadata.name == ''",
  message: 'somebody comes this way',
};

/** At most three pods, asked of the Deployment. */
export const THREE_PODS: PolicyText = {
  name: 'three-pods',
  of: DEPLOYMENT,
  expression: 'object.spec.replicas <= 3',
  message: 'three pods are enough',
};
