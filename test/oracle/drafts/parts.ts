// The expressions of a draft, one by one.
import { BOOL } from '../../../policies/cel/types/types.ts';
import { leaf, type Tree } from '../expressions/tree.ts';
import type { Draft } from './draft.ts';

/** An expression of a policy by the path of its field. */
export interface Part {
  readonly field: string;
  readonly tree: Tree;
}

export function partsOf({ conditions, variables, validations, annotations }: Draft): Part[] {
  const spec = (list: string, index: number, key = 'expression') => `spec.${list}[${index}].${key}`;
  return [
    ...conditions.map((tree, i) => ({ field: spec('matchConditions', i), tree })),
    ...variables.map(({ tree }, i) => ({ field: spec('variables', i), tree })),
    ...validations.map(({ tree }, i) => ({ field: spec('validations', i), tree })),
    ...validations.flatMap(({ messageTree: tree }, i) =>
      tree ? { field: spec('validations', i, 'messageExpression'), tree } : [],
    ),
    ...annotations.map((tree, i) => ({
      field: spec('auditAnnotations', i, 'valueExpression'),
      tree,
    })),
  ];
}

/** Returns the draft with each expression replaced by what `change` makes of it; undefined takes it away. */
export function changed(draft: Draft, change: (tree: Tree) => Tree | undefined): Draft {
  const each = (trees: readonly Tree[]) => trees.flatMap((tree) => change(tree) ?? []);
  return {
    ...draft,
    conditions: each(draft.conditions),
    variables: draft.variables.flatMap(({ name, tree: old }) => {
      const tree = change(old);
      return tree ? { name, tree } : [];
    }),
    validations: draft.validations.flatMap((rule) => {
      const tree = change(rule.tree);
      return tree
        ? { ...rule, tree, messageTree: rule.messageTree && change(rule.messageTree) }
        : [];
    }),
    annotations: each(draft.annotations),
  };
}

/** Returns the draft without the expressions of these fields. */
export function without(draft: Draft, fields: ReadonlySet<string>): Draft {
  const gone = new Set(
    partsOf(draft)
      .filter(({ field }) => fields.has(field))
      .map(({ tree }) => tree),
  );
  return changed(draft, (tree) => (gone.has(tree) ? undefined : tree));
}

/** Returns the draft with the expression of the field and the variables only; a message needs a validation. */
export function alone(draft: Draft, field: string): Draft {
  const tree = partsOf(draft).find((part) => part.field === field)?.tree;
  const messages = draft.validations.filter(({ messageTree }) => messageTree === tree);
  return {
    ...draft,
    conditions: draft.conditions.filter((each) => each === tree),
    validations: [
      ...draft.validations
        .filter((rule) => rule.tree === tree)
        .map((rule) => ({ ...rule, messageTree: undefined })),
      ...messages.map((rule) => ({ ...rule, tree: leaf(BOOL, 'false') })),
    ],
    annotations: draft.annotations.filter((each) => each === tree),
  };
}

/** Whether the API server takes a policy with nothing else in it. */
export function isEmpty({ frame, validations, annotations }: Draft): boolean {
  return !frame.pairs && validations.length === 0 && annotations.length === 0;
}
