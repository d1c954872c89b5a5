// A generated policy whose expressions are trees, and the objects it becomes.
import { CONFIG_MAP, POLICY, POLICY_BINDING } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { type Tree, textOf } from './tree.ts';

export interface Draft {
  readonly name: string;
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly action: 'Deny' | 'Warn';
  readonly conditions: readonly Tree[];
  readonly variables: readonly { readonly name: string; readonly tree: Tree }[];
  readonly validations: readonly { readonly tree: Tree; readonly message?: Tree | undefined }[];
  readonly annotations: readonly Tree[];
}

/** How many validations fit: the audit annotation holds 50 failures, and the last one is the marker. */
export const MAX_VALIDATIONS = 49;
export const MAX_ANNOTATIONS = 20;

/** The message of the validation that is always false: with it, the validations were evaluated. */
export const MARKER = 'the validations were evaluated';

/** The label that chooses the policy of its value. */
export const LABEL = 'policy';
export const NAMESPACE = 'oracle';
const PARAM = 'oracle';

/** What generated policies have as `params`. */
export const PARAM_OBJECT: KubeObject = {
  ...{ apiVersion: CONFIG_MAP.apiVersion, kind: CONFIG_MAP.kind },
  metadata: { name: PARAM, namespace: NAMESPACE },
  data: { max: '3', a: 'b', text: 'x,y' },
};

/** Returns policy and binding. */
export function objectsOf(draft: Draft): [KubeObject, KubeObject] {
  const { name } = draft;
  const { apiVersion } = POLICY;
  const paramRef = { name: PARAM, namespace: NAMESPACE, parameterNotFoundAction: 'Deny' };
  const spec = { policyName: name, validationActions: [draft.action, 'Audit'], paramRef };
  return [
    { apiVersion, kind: POLICY.kind, metadata: { name }, spec: specOf(draft) },
    { apiVersion, kind: POLICY_BINDING.kind, metadata: { name }, spec },
  ];
}

function specOf({ name, failurePolicy, ...draft }: Draft) {
  return {
    failurePolicy,
    paramKind: { apiVersion: CONFIG_MAP.apiVersion, kind: CONFIG_MAP.kind },
    matchConstraints: {
      objectSelector: { matchLabels: { [LABEL]: name } },
      resourceRules: [RULE],
    },
    matchConditions: draft.conditions.map((tree, index) => ({
      name: `c${index}`,
      expression: textOf(tree),
    })),
    variables: draft.variables.map(({ name: variable, tree }) => ({
      name: variable,
      expression: textOf(tree),
    })),
    validations: [
      ...draft.validations.map(({ tree, message }) => ({
        expression: textOf(tree),
        ...(message && { messageExpression: textOf(message) }),
      })),
      { expression: 'false', message: MARKER },
    ],
    auditAnnotations: draft.annotations.map((tree, index) => ({
      key: `k${index}`,
      valueExpression: textOf(tree),
    })),
  };
}

const RULE = {
  apiGroups: ['*'],
  apiVersions: ['*'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['*'],
};

/** An expression of a policy by the path of its field. */
export interface Part {
  readonly field: string;
  readonly tree: Tree;
}

export function partsOf({ conditions, variables, validations, annotations }: Draft): Part[] {
  const spec = (list: string, index: number, key: string) => `spec.${list}[${index}].${key}`;
  return [
    ...conditions.map((tree, i) => ({ field: spec('matchConditions', i, 'expression'), tree })),
    ...variables.map(({ tree }, i) => ({ field: spec('variables', i, 'expression'), tree })),
    ...validations.map(({ tree }, i) => ({ field: spec('validations', i, 'expression'), tree })),
    ...validations.flatMap(({ message: tree }, i) =>
      tree ? { field: spec('validations', i, 'messageExpression'), tree } : [],
    ),
    ...annotations.map((tree, i) => ({
      field: spec('auditAnnotations', i, 'valueExpression'),
      tree,
    })),
  ];
}

/** Returns the policy without the expressions of these fields. */
export function without(draft: Draft, fields: ReadonlySet<string>): Draft {
  const gone = new Set(
    partsOf(draft)
      .filter(({ field }) => fields.has(field))
      .map(({ tree }) => tree),
  );
  const stays = (tree: Tree) => !gone.has(tree);
  return {
    ...draft,
    conditions: draft.conditions.filter(stays),
    variables: draft.variables.filter(({ tree }) => stays(tree)),
    validations: draft.validations
      .filter(({ tree }) => stays(tree))
      .map(({ tree, message }) => ({
        tree,
        message: message && stays(message) ? message : undefined,
      })),
    annotations: draft.annotations.filter(stays),
  };
}
