import {
  type CallCost,
  type Implementation,
  type Library,
  type Overload,
  overload,
  withCost,
} from '../../library.ts';
import { opaque, type Type } from '../../types/types.ts';
import { sizeOf } from '../../values/size.ts';
import { CelError, noSuchOverload, Opaque } from '../../values/values.ts';
import { toByteString } from '../go-string.ts';
import { dns1123Label, dns1123Subdomain } from './format-names.ts';

/** An evaluation came to ask whether somebody may do something, which only the API server can tell. */
export class CannotJudge extends CelError {}

const cannotJudge = new CannotJudge('only the API server can tell what its authorizer decides');

const TYPES = 'kubernetes.authorization.';

/** A question to the authorizer, as far as it has been asked. What it is about does not matter here. */
class Question extends Opaque {
  readonly type: Type;

  constructor(name: string) {
    super();
    this.type = opaque(TYPES + name);
  }

  override equals(): CelError {
    return noSuchOverload;
  }
}

/** The value of `authorizer`. */
export const authorizerValue: Opaque = new Question('Authorizer');
/** The value of `authorizer.requestResource`. */
export const requestResourceValue: Opaque = new Question('ResourceCheck');

const pathCheck = new Question('PathCheck');
const groupCheck = new Question('GroupCheck');

/** White space in the sense of Go. */
const BLANK = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/;

function named(text: string, check: Opaque, what: string): Opaque | CelError {
  return BLANK.test(text) ? new CelError(`${what} must not be empty`) : check;
}

function serviceAccount(authorizer: Opaque, namespace: string, name: string): Opaque | CelError {
  if (dns1123Subdomain(toByteString(name)).length > 0)
    return new CelError('Invalid service account name');
  if (dns1123Label(toByteString(namespace)).length > 0)
    return new CelError('Invalid service account namespace');
  return authorizer;
}

/** A check costs as much as to allow two in an expression. */
const CHECK_COST = 350_000;

/** A selector is read once, and each two characters of it may be a requirement, which is a structure with a list. */
const selectorCost: CallCost = ([, selector = '']) => {
  const length = sizeOf(selector);
  return 10 + Math.ceil(length * 0.1) + Math.ceil(Math.ceil(length * 0.5) * 50);
};

const TYPE = /\b(?:Authorizer|PathCheck|GroupCheck|ResourceCheck|Decision)\b/g;

/** @param signature with the types of kubernetes.authorization by their last names */
function method(id: string, signature: string, run: Implementation): Overload {
  return overload(id, signature.replace(TYPE, `${TYPES}$&`), run);
}

const itself = (check: Opaque): Opaque => check;
const decide = (): CannotJudge => cannotJudge;

/** Functions of `authorizer`. They work as far as they do not need a decision. */
export const authorizer: Library = {
  name: 'kubernetes.authz',
  overloads: [
    method('authorizer_path', 'Authorizer.path(string) -> PathCheck', (_, path: string) =>
      named(path, pathCheck, 'path'),
    ),
    method('authorizer_group', 'Authorizer.group(string) -> GroupCheck', () => groupCheck),
    method(
      'authorizer_serviceaccount',
      'Authorizer.serviceAccount(string, string) -> Authorizer',
      serviceAccount,
    ),
    method(
      'groupcheck_resource',
      'GroupCheck.resource(string) -> ResourceCheck',
      (_, name: string) => named(name, requestResourceValue, 'resource'),
    ),
    method(
      'resourcecheck_subresource',
      'ResourceCheck.subresource(string) -> ResourceCheck',
      itself,
    ),
    method('resourcecheck_namespace', 'ResourceCheck.namespace(string) -> ResourceCheck', itself),
    method('resourcecheck_name', 'ResourceCheck.name(string) -> ResourceCheck', itself),
    ...withCost(selectorCost, [
      method(
        'authorizer_fieldselector',
        'ResourceCheck.fieldSelector(string) -> ResourceCheck',
        itself,
      ),
      method(
        'authorizer_labelselector',
        'ResourceCheck.labelSelector(string) -> ResourceCheck',
        itself,
      ),
    ]),
    ...withCost(
      () => CHECK_COST,
      [
        method('pathcheck_check', 'PathCheck.check(string) -> Decision', decide),
        method('resourcecheck_check', 'ResourceCheck.check(string) -> Decision', decide),
      ],
    ),
    method('decision_allowed', 'Decision.allowed() -> bool', decide),
    method('decision_reason', 'Decision.reason() -> string', decide),
    method('decision_errored', 'Decision.errored() -> bool', decide),
    method('decision_error', 'Decision.error() -> string', decide),
  ],
};
