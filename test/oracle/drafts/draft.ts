// A generated policy whose expressions are trees, and the objects it becomes.
import { POLICY, POLICY_BINDING } from '../../../gitops/kinds.ts';
import type { KubeObject } from '../../../gitops/objects.ts';
import { type Tree, textOf } from '../expressions/tree.ts';
import type { Frame } from './frame.ts';

/** An expression that must be true, and what is said where it is not. */
export interface Rule {
  readonly tree: Tree;
  readonly messageTree?: Tree | undefined;
  readonly message?: string | undefined;
  readonly reason?: string | undefined;
}

export interface Draft {
  readonly name: string;
  readonly frame: Frame;
  readonly conditions: readonly Tree[];
  readonly variables: readonly { readonly name: string; readonly tree: Tree }[];
  readonly validations: readonly Rule[];
  readonly annotations: readonly Tree[];
}

/** How many validations fit: the audit annotation holds 50 failures, and the last one is the marker. */
export const MAX_VALIDATIONS = 49;
export const MAX_ANNOTATIONS = 20;

/** The message of the validation that is always false: with it, the validations were evaluated. */
export const MARKER = 'the validations were evaluated';

/** The label that chooses the policy of its value. */
export const LABEL = 'policy';

/** Returns policy and binding. */
export function objectsOf(draft: Draft): [KubeObject, KubeObject] {
  const { name, frame } = draft;
  const { apiVersion } = POLICY;
  const { actions, paramRef, matchResources } = frame;
  const binding = { policyName: name, validationActions: actions, paramRef, matchResources };
  return [
    { apiVersion, kind: POLICY.kind, metadata: { name }, spec: specOf(draft) },
    { apiVersion, kind: POLICY_BINDING.kind, metadata: { name }, spec: binding },
  ];
}

const RULE = {
  apiGroups: ['*'],
  apiVersions: ['*'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['*'],
};

function specOf({ name, frame, ...draft }: Draft) {
  const { failurePolicy, paramKind, constraints } = frame;
  return {
    failurePolicy,
    paramKind,
    matchConstraints: {
      objectSelector: { matchLabels: { [LABEL]: name } },
      resourceRules: [RULE],
      ...constraints,
    },
    matchConditions: draft.conditions.map((tree, index) => ({
      name: `c${index}`,
      expression: textOf(tree),
    })),
    variables: draft.variables.map(({ name: variable, tree }) => ({
      name: variable,
      expression: textOf(tree),
    })),
    validations: [...draft.validations.map(validationOf), ...(frame.pairs ? [ALWAYS_FALSE] : [])],
    auditAnnotations: draft.annotations.map((tree, index) => ({
      key: `k${index}`,
      valueExpression: textOf(tree),
    })),
  };
}

const ALWAYS_FALSE = { expression: 'false', message: MARKER };

function validationOf({ tree, messageTree, message, reason }: Rule) {
  const messageExpression = messageTree && textOf(messageTree);
  return { expression: textOf(tree), messageExpression, message, reason };
}
