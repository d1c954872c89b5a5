// ValidatingAdmissionPolicyBinding: every field with the API server's defaults and rules.

import {
  type BindingSpec,
  PARAMETER_NOT_FOUND_ACTIONS,
  type ParamRef,
  VALIDATION_ACTIONS,
  type ValidatingAdmissionPolicyBinding,
  type ValidationAction,
} from '../policy.ts';
import { items, objectWith, oneOf, requiredText, text } from './decode.ts';
import type { Field } from './field.ts';
import { duplicate, readMatchResources, readSelector } from './load-match.ts';
import { readMetadata } from './metadata.ts';
import { pathSegmentProblems, subdomainProblems } from './names.ts';

/** Returns the binding of a document; undefined where it lacks what nothing can stand for. */
export function readBinding(root: Field): ValidatingAdmissionPolicyBinding | undefined {
  objectWith(root, ['apiVersion', 'kind', 'metadata', 'spec']);
  const metadata = readMetadata(root.get('metadata'));
  const spec = readSpec(root.get('spec'));
  return metadata && spec && { metadata, spec };
}

const SPEC_FIELDS = ['policyName', 'paramRef', 'matchResources', 'validationActions'];

function readSpec(spec: Field): BindingSpec | undefined {
  if (objectWith(spec, SPEC_FIELDS) === undefined) {
    if (spec.missing) spec.require();
    return undefined;
  }
  const policyName = requiredText(spec.get('policyName'));
  if (policyName) spec.get('policyName').invalid(subdomainProblems(policyName));
  const paramRef = readParamRef(spec.get('paramRef'));
  const matchResources = readMatchResources(spec.get('matchResources'));
  const validationActions = readActions(spec.get('validationActions'));
  if (!policyName) return undefined;
  return {
    policyName,
    validationActions,
    ...(paramRef && { paramRef }),
    ...(matchResources && { matchResources }),
  };
}

function readActions(field: Field): ValidationAction[] {
  const fields = items(field);
  if (fields.length === 0) field.require('at least one validation action is required');
  fields.forEach((item, index) => {
    if (fields.findIndex(({ value }) => value === item.value) < index) duplicate(item);
  });
  const actions = fields.flatMap((item) => oneOf(item, VALIDATION_ACTIONS) ?? []);
  if (actions.includes('Deny') && actions.includes('Warn')) {
    field.complain(
      'Invalid value: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    );
  }
  return actions;
}

const REF_FIELDS = ['name', 'namespace', 'selector', 'parameterNotFoundAction'];

function readParamRef(field: Field): ParamRef | undefined {
  if (objectWith(field, REF_FIELDS) === undefined) return undefined;
  const name = text(field.get('name'));
  const namespace = text(field.get('namespace'));
  const selector = readSelector(field.get('selector'));
  if (name) field.get('name').invalid(pathSegmentProblems(name));
  checkTarget(field, Boolean(name), selector !== undefined);
  return {
    ...(name && { name }),
    ...(namespace && { namespace }),
    ...(selector && { selector }),
    parameterNotFoundAction: readNotFoundAction(field.get('parameterNotFoundAction')),
  };
}

function checkTarget(field: Field, named: boolean, selected: boolean): void {
  if (!(named || selected)) field.require('one of name or selector must be specified');
  if (named && selected) {
    field.get('selector').complain('Forbidden: name and selector are mutually exclusive');
  }
}

function readNotFoundAction(field: Field) {
  if (field.missing || field.value === '') field.require();
  else return oneOf(field, PARAMETER_NOT_FOUND_ACTIONS) ?? 'Deny';
  return 'Deny';
}
