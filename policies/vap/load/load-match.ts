// matchConstraints and matchResources: the API server's defaults and every rule of its validation.

import {
  type LabelRequirement,
  type LabelSelector,
  MATCH_POLICIES,
  type MatchResources,
  OPERATIONS,
  type ResourceRule,
  type RuleOperation,
  SCOPES,
  SELECTOR_OPERATORS,
} from '../policy.ts';
import { items, objectWith, oneOf, text, textMap, texts } from './decode.ts';
import { type Field, show } from './field.ts';
import { labelValueProblems, pathSegmentProblems, qualifiedNameProblems } from './names.ts';
import { checkResources } from './resource-names.ts';

const MATCH_FIELDS = [
  'namespaceSelector',
  'objectSelector',
  'resourceRules',
  'excludeResourceRules',
  'matchPolicy',
];

/** Returns the match resources with their defaults; undefined where none are written. */
export function readMatchResources(field: Field): MatchResources | undefined {
  if (objectWith(field, MATCH_FIELDS) === undefined) return undefined;
  return {
    namespaceSelector: readSelector(field.get('namespaceSelector')) ?? EVERYTHING,
    objectSelector: readSelector(field.get('objectSelector')) ?? EVERYTHING,
    resourceRules: items(field.get('resourceRules')).map(readRule),
    excludeResourceRules: items(field.get('excludeResourceRules')).map(readRule),
    matchPolicy: oneOf(field.get('matchPolicy'), MATCH_POLICIES, 'Equivalent') ?? 'Equivalent',
  };
}

const EVERYTHING: LabelSelector = { matchLabels: {}, matchExpressions: [] };

/** Returns the selector; undefined where none is written, which some fields tell from one that selects everything. */
export function readSelector(field: Field): LabelSelector | undefined {
  if (objectWith(field, ['matchLabels', 'matchExpressions']) === undefined) return undefined;
  const matchLabels = field.get('matchLabels');
  const labels = textMap(matchLabels);
  for (const [key, value] of Object.entries(labels)) {
    const entry = matchLabels.get(key);
    for (const reason of qualifiedNameProblems(key)) {
      entry.complain(`Invalid value: ${JSON.stringify(key)}: ${reason}`);
    }
    entry.invalid(labelValueProblems(value));
  }
  const matchExpressions = items(field.get('matchExpressions')).flatMap(readRequirement);
  return { matchLabels: labels, matchExpressions };
}

function readRequirement(field: Field): LabelRequirement[] {
  objectWith(field, ['key', 'operator', 'values']);
  const key = text(field.get('key')) ?? '';
  field.get('key').invalid(field.get('key').missing ? [] : qualifiedNameProblems(key));
  if (field.get('key').missing) field.get('key').require();
  const values = texts(field.get('values'));
  values.forEach((value, index) => {
    field.get('values').get(index).invalid(labelValueProblems(value));
  });
  const operator = readOperator(field, values);
  return operator ? [{ key, operator, values }] : [];
}

function readOperator(field: Field, values: readonly string[]) {
  const written = field.get('operator');
  const operator = SELECTOR_OPERATORS.find((each) => each === written.value);
  if (operator === undefined) written.invalid(['not a valid selector operator']);
  const listed = operator === 'In' || operator === 'NotIn';
  if (listed && values.length === 0) {
    field.get('values').require("must be specified when `operator` is 'In' or 'NotIn'");
  }
  if (operator !== undefined && !listed && values.length > 0) {
    field
      .get('values')
      .complain("Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
  }
  return operator;
}

const RULE_FIELDS = [
  'resourceNames',
  'operations',
  'apiGroups',
  'apiVersions',
  'resources',
  'scope',
];

function readRule(field: Field): ResourceRule {
  objectWith(field, RULE_FIELDS);
  const resourceNames = texts(field.get('resourceNames'));
  resourceNames.forEach((name, index) => {
    const item = field.get('resourceNames').get(index);
    item.invalid(pathSegmentProblems(name));
    if (resourceNames.indexOf(name) < index) duplicate(item);
  });
  const resources = texts(field.get('resources'));
  checkResources(field.get('resources'), resources);
  return {
    resourceNames,
    operations: readOperations(field.get('operations')),
    apiGroups: readWithWildcard(field.get('apiGroups'), 'API groups'),
    apiVersions: readVersions(field.get('apiVersions')),
    resources,
    scope: oneOf(field.get('scope'), SCOPES, '*') ?? '*',
  };
}

function readOperations(field: Field): RuleOperation[] {
  const operations = readWithWildcard(field, 'operations');
  return operations.flatMap((_, index) => oneOf(field.get(index), OPERATIONS) ?? []);
}

function readVersions(field: Field): string[] {
  const versions = readWithWildcard(field, 'API versions');
  versions.forEach((version, index) => {
    if (version === '') field.get(index).require();
  });
  return versions;
}

/** A list that must not be empty, and in which `*` stands alone. */
function readWithWildcard(field: Field, what: string): string[] {
  const list = texts(field);
  if (items(field).length === 0) field.require();
  if (list.length > 1 && list.includes('*')) {
    field.invalid([`if '*' is present, must not specify other ${what}`]);
  }
  return list;
}

export function duplicate(field: Field): void {
  field.complain(`Duplicate value: ${show(field.value)}`);
}
