// ValidatingAdmissionPolicy and its binding as admissionregistration.k8s.io/v1 has them, after defaulting.

export const ADMISSION_GROUP = 'admissionregistration.k8s.io';
export const ADMISSION_VERSION = `${ADMISSION_GROUP}/v1`;

export type JsonObject = Readonly<Record<string, unknown>>;

/** The part of metadata that policies and bindings are known by. */
export interface Metadata {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ValidatingAdmissionPolicy {
  readonly metadata: Metadata;
  readonly spec: PolicySpec;
}

export interface PolicySpec {
  readonly failurePolicy: FailurePolicy;
  readonly paramKind?: ParamKind;
  readonly matchConstraints: MatchResources;
  readonly matchConditions: readonly MatchCondition[];
  readonly variables: readonly Variable[];
  readonly validations: readonly Validation[];
  readonly auditAnnotations: readonly AuditAnnotation[];
}

export const FAILURE_POLICIES = ['Fail', 'Ignore'] as const;
export type FailurePolicy = (typeof FAILURE_POLICIES)[number];

export interface ParamKind {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

export interface Variable {
  readonly name: string;
  readonly expression: string;
}

export const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'] as const;
export type Reason = (typeof REASONS)[number];

export interface Validation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: Reason;
}

export interface AuditAnnotation {
  readonly key: string;
  readonly valueExpression: string;
}

export const MATCH_POLICIES = ['Equivalent', 'Exact'] as const;
export type MatchPolicy = (typeof MATCH_POLICIES)[number];

export interface MatchResources {
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  readonly resourceRules: readonly ResourceRule[];
  readonly excludeResourceRules: readonly ResourceRule[];
  readonly matchPolicy: MatchPolicy;
}

export const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'] as const;
export type RuleOperation = (typeof OPERATIONS)[number];
export type Operation = Exclude<RuleOperation, '*'>;

export const SCOPES = ['*', 'Cluster', 'Namespaced'] as const;
export type RuleScope = (typeof SCOPES)[number];

export interface ResourceRule {
  readonly resourceNames: readonly string[];
  readonly operations: readonly RuleOperation[];
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly scope: RuleScope;
}

export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly LabelRequirement[];
}

export const SELECTOR_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
export type SelectorOperator = (typeof SELECTOR_OPERATORS)[number];

export interface LabelRequirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

export interface ValidatingAdmissionPolicyBinding {
  readonly metadata: Metadata;
  readonly spec: BindingSpec;
}

export interface BindingSpec {
  readonly policyName: string;
  readonly paramRef?: ParamRef;
  readonly matchResources?: MatchResources;
  readonly validationActions: readonly ValidationAction[];
}

export const VALIDATION_ACTIONS = ['Audit', 'Deny', 'Warn'] as const;
export type ValidationAction = (typeof VALIDATION_ACTIONS)[number];

export const PARAMETER_NOT_FOUND_ACTIONS = ['Deny', 'Allow'] as const;
export type ParameterNotFoundAction = (typeof PARAMETER_NOT_FOUND_ACTIONS)[number];

/** Names one object, or selects several; exactly one of name and selector is there. */
export interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: LabelSelector;
  readonly parameterNotFoundAction: ParameterNotFoundAction;
}
