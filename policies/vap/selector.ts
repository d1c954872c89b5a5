import type { JsonObject, LabelRequirement, LabelSelector } from './policy.ts';

/** The labels of an object as far as they are known here. */
export interface KnownLabels {
  readonly labels: Readonly<Record<string, unknown>>;
  /** False where the object may have others, too: a namespace that is only known by name. */
  readonly complete: boolean;
}

/** Returns whether the selector selects everything, so that no labels need to be known. */
export function selectsEverything({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}

/** Returns whether the selector selects an object of these labels; undefined where an unknown label decides. */
export function selects(selector: LabelSelector, known: KnownLabels): boolean | undefined {
  const requirements: LabelRequirement[] = [
    ...Object.entries(selector.matchLabels).map(([key, value]) => equals(key, value)),
    ...selector.matchExpressions,
  ];
  const answers = requirements.map((each) => meets(each, known));
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function equals(key: string, value: string): LabelRequirement {
  return { key, operator: 'In', values: [value] };
}

function meets({ key, operator, values }: LabelRequirement, known: KnownLabels) {
  const there = Object.hasOwn(known.labels, key);
  if (!(there || known.complete)) return undefined;
  const listed = there && values.includes(String(known.labels[key]));
  switch (operator) {
    case 'In':
      return listed;
    case 'NotIn':
      return !listed;
    case 'Exists':
      return there;
    case 'DoesNotExist':
      return !there;
  }
}

/** Returns all labels of an object; of none where there is no object. */
export function labelsOf(object: JsonObject | null | undefined): KnownLabels {
  const metadata = object?.metadata as JsonObject | undefined;
  return { labels: (metadata?.labels as JsonObject | undefined) ?? {}, complete: true };
}
