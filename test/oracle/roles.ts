// What a suspect expression is in its policy, and policies made of it.
import { BOOL } from '../../policies/cel/types/types.ts';
import type { Pairing } from './compare-draft.ts';
import type { Draft } from './draft.ts';
import { TRUE } from './explained.ts';
import type { Subject } from './subjects.ts';
import { leaf, type Tree } from './tree.ts';

/** A pair that differs. */
export interface Suspect extends Pairing {
  readonly seed: number;
  readonly draft: Draft;
  /** The expression; undefined where it is the answer as a whole. */
  readonly tree: Tree | undefined;
  /** Undefined where it is about loading. */
  readonly subject: Subject | undefined;
}

/** What an expression is in a policy. */
export type Role = 'validation' | 'message' | 'annotation' | 'other';

export const isError = (text: string) => / resulted in error: /.test(text);

/** Returns the messageExpression of the validation that the suspect is about. */
export function messageTree({ draft, tree }: Suspect): Tree | undefined {
  const validation = draft.validations.find((each) => each.tree === tree || each.message === tree);
  return validation?.message;
}

/** Returns the policy with these expressions in the role, and no others beside the variables. */
export function withParts(draft: Draft, role: Role, trees: readonly Tree[]): Draft {
  const bare = { ...draft, conditions: [], validations: [], annotations: [] };
  if (role === 'annotation') return { ...bare, annotations: trees };
  if (role === 'validation') return { ...bare, validations: trees.map((tree) => ({ tree })) };
  const validations = trees.map((message) => ({ tree: leaf(BOOL, 'false'), message }));
  return { ...bare, validations };
}

/** A validation that both sides fail differs in its message. */
export function roleOf({ field, tree, ours, theirs, subject }: Suspect): Role {
  if (!tree) return 'other';
  if (field.startsWith('spec.auditAnnotations')) return 'annotation';
  if (!field.startsWith('spec.validations')) return 'other';
  if (field.endsWith('.messageExpression')) return 'message';
  const failed = subject && [ours, theirs].every((text) => text !== TRUE && !isError(text));
  return failed ? 'message' : 'validation';
}
