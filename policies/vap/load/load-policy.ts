// ValidatingAdmissionPolicy: every field with the API server's defaults and rules. Expressions are compiled elsewhere.

import { byteLength, trimSpace } from '../go-text.ts';
import {
  type AuditAnnotation,
  FAILURE_POLICIES,
  type MatchCondition,
  type MatchResources,
  type ParamKind,
  type PolicySpec,
  REASONS,
  type ValidatingAdmissionPolicy,
  type Validation,
  type Variable,
} from '../policy.ts';
import { items, objectWith, oneOf, requiredText, text } from './decode.ts';
import { type Field, isObject } from './field.ts';
import { duplicate, readMatchResources } from './load-match.ts';
import { readMetadata } from './metadata.ts';
import {
  dns1035Problems,
  isCelIdentifier,
  qualifiedNameProblems,
  subdomainProblems,
} from './names.ts';

const MAX_MATCH_CONDITIONS = 64;
const MAX_AUDIT_ANNOTATIONS = 20;
const MAX_VALUE_EXPRESSION_BYTES = 5 * 1024;

const SPEC_FIELDS = [
  'paramKind',
  'matchConstraints',
  'validations',
  'failurePolicy',
  'auditAnnotations',
  'matchConditions',
  'variables',
];

/** Returns the policy of a document with its defaults; undefined where it lacks what nothing can stand for. */
export function readPolicy(root: Field): ValidatingAdmissionPolicy | undefined {
  objectWith(root, ['apiVersion', 'kind', 'metadata', 'spec', 'status']);
  const metadata = readMetadata(root.get('metadata'));
  const spec = readSpec(root.get('spec'), metadata?.name);
  return metadata && spec && { metadata, spec };
}

function readSpec(spec: Field, policyName: string | undefined): PolicySpec | undefined {
  const written = objectWith(spec, SPEC_FIELDS);
  if (written === undefined) {
    if (spec.missing) spec.require();
    return undefined;
  }
  const paramKind = readParamKind(spec.get('paramKind'));
  const matchConstraints = readConstraints(spec.get('matchConstraints'));
  const parts = {
    failurePolicy: oneOf(spec.get('failurePolicy'), FAILURE_POLICIES, 'Fail') ?? 'Fail',
    matchConditions: readMatchConditions(spec.get('matchConditions')),
    variables: readVariables(spec.get('variables')),
    validations: items(spec.get('validations')).map(readValidation),
    auditAnnotations: readAuditAnnotations(spec.get('auditAnnotations'), policyName),
    ...(paramKind && { paramKind }),
  };
  if (parts.validations.length + parts.auditAnnotations.length === 0) {
    spec
      .get('validations')
      .require('validations or auditAnnotations must contain at least one item');
  }
  return matchConstraints && { ...parts, matchConstraints };
}

function readConstraints(field: Field): MatchResources | undefined {
  const constraints = readMatchResources(field);
  if (field.missing) field.require();
  if (constraints && items(field.get('resourceRules')).length === 0) {
    field.get('resourceRules').require();
  }
  return constraints;
}

function readParamKind(field: Field): ParamKind | undefined {
  if (objectWith(field, ['apiVersion', 'kind']) === undefined) return undefined;
  const apiVersion = requiredText(field.get('apiVersion'));
  const kind = requiredText(field.get('kind'));
  if (apiVersion) field.get('apiVersion').invalid(apiVersionProblems(apiVersion));
  if (kind) {
    const reasons = dns1035Problems(kind.toLowerCase());
    const all = `may have mixed case, but should otherwise match: ${reasons.join(',')}`;
    field.get('kind').invalid(reasons.length > 0 ? [all] : []);
  }
  return apiVersion && kind ? { apiVersion, kind } : undefined;
}

function apiVersionProblems(apiVersion: string): string[] {
  const parts = apiVersion === '/' ? [''] : apiVersion.split('/');
  if (parts.length > 2) return [`unexpected GroupVersion string: ${apiVersion}`];
  const version = parts.at(-1) ?? '';
  const group = parts.length === 2 ? (parts[0] ?? '') : '';
  const ofGroup = group === '' ? [] : subdomainProblems(group);
  return [
    ...ofGroup,
    ...(version === '' ? ['version must be specified'] : dns1035Problems(version)),
  ];
}

function readMatchConditions(field: Field): MatchCondition[] {
  const conditions = items(field).map((item) => {
    objectWith(item, ['name', 'expression']);
    const name = requiredText(item.get('name')) ?? '';
    if (name !== '') item.get('name').invalid(qualifiedNameProblems(name));
    return { name, expression: requiredExpression(item.get('expression'), '') };
  });
  if (conditions.length > MAX_MATCH_CONDITIONS) {
    field.complain(
      `Too many: ${conditions.length}: must have at most ${MAX_MATCH_CONDITIONS} items`,
    );
  }
  complainOfDuplicates(field, conditions, 'name');
  return conditions;
}

/** The API server, too, refuses two variables of one name, in a server-side apply. */
function readVariables(field: Field): Variable[] {
  const variables = items(field).map((item) => {
    objectWith(item, ['name', 'expression']);
    const name = readVariableName(item.get('name'));
    const expression = requiredExpression(item.get('expression'), 'expression is not specified');
    return { name, expression };
  });
  complainOfDuplicates(field, variables, 'name');
  return variables;
}

function readVariableName(field: Field): string {
  const name = text(field);
  if (field.missing || (name !== undefined && trimSpace(name) === '')) {
    field.require('name is not specified');
  } else if (name !== undefined && !isCelIdentifier(name)) {
    field.invalid(['must be a valid CEL identifier']);
  }
  return name ?? '';
}

function readValidation(item: Field): Validation {
  objectWith(item, ['expression', 'message', 'reason', 'messageExpression']);
  const expression = requiredExpression(item.get('expression'), 'expression is not specified');
  const messageExpression = nonBlank(item.get('messageExpression'));
  const message = nonBlank(item.get('message'));
  if (message && /[\n\r]/.test(trimSpace(message))) {
    item.get('message').invalid(['must not contain line breaks']);
  }
  const reason = oneOf(item.get('reason'), REASONS);
  return {
    expression,
    ...(message && { message }),
    ...(messageExpression && { messageExpression }),
    ...(reason && { reason }),
  };
}

function nonBlank(field: Field): string | undefined {
  const value = text(field);
  if (value && trimSpace(value) === '') field.invalid(['must be non-empty if specified']);
  return value;
}

function readAuditAnnotations(field: Field, policyName: string | undefined): AuditAnnotation[] {
  const annotations = items(field).map((item) => readAuditAnnotation(item, policyName));
  if (annotations.length > MAX_AUDIT_ANNOTATIONS) {
    field.complain(
      `Invalid value: must not have more than ${MAX_AUDIT_ANNOTATIONS} auditAnnotations`,
    );
  }
  complainOfDuplicates(field, annotations, 'key');
  return annotations;
}

function readAuditAnnotation(item: Field, policyName: string | undefined): AuditAnnotation {
  objectWith(item, ['key', 'valueExpression']);
  const key = text(item.get('key'));
  if (item.get('key').missing) item.get('key').require();
  if (key !== undefined && policyName) {
    for (const reason of qualifiedNameProblems(`${policyName}/${key}`)) {
      item
        .get('key')
        .complain(`Invalid value: ${JSON.stringify(`${policyName}/${key}`)}: ${reason}`);
    }
  }
  const field = item.get('valueExpression');
  const valueExpression = requiredExpression(field, 'valueExpression is not specified');
  if (byteLength(trimSpace(valueExpression)) > MAX_VALUE_EXPRESSION_BYTES) {
    field.require(`must not exceed ${MAX_VALUE_EXPRESSION_BYTES} bytes in length`);
  }
  return { key: key ?? '', valueExpression };
}

/** Returns the expression; empty where it is missing or blank, which is a finding. */
function requiredExpression(field: Field, detail: string): string {
  const value = text(field) ?? '';
  if (trimSpace(value) !== '') return value;
  if (field.missing || typeof field.value === 'string') field.require(detail);
  return '';
}

function complainOfDuplicates(list: Field, read: readonly object[], key: string): void {
  const seen = new Set<unknown>();
  read.forEach((_, index) => {
    const field = list.get(index).get(key);
    if (isObject(list.get(index).value) && seen.has(field.value)) duplicate(field);
    if (field.value !== '' && !field.missing) seen.add(field.value);
  });
}
