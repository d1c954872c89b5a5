// A request as expressions see it.
import { fromJson, fromNative } from '../../cel/values/json.ts';
import { CelMap, type Value } from '../../cel/values/values.ts';
import type { Match } from '../match.ts';
import type { JsonObject } from '../policy.ts';
import { type AdmissionInput, isNamespace, targetOf, type UserInfo } from '../request.ts';
import { objectValue } from './object-value.ts';
import { PartlyKnownMap, Unknowns } from './unknowns.ts';

/** The values of one request. They are made once for all policies. */
export class RequestValues {
  readonly unknowns = new Unknowns();
  readonly input: AdmissionInput;
  readonly object: Value;
  readonly oldObject: Value;
  readonly #requests = new Map<string, Value>();
  #namespace: Value | undefined;

  constructor(input: AdmissionInput) {
    this.input = input;
    this.object = objectValue(input.object, 'object', this.unknowns);
    this.oldObject = objectValue(input.oldObject, 'oldObject', this.unknowns);
  }

  /** Returns `request`, taken as one for what the policy matched. */
  requestFor(match: Match): Value {
    const key = JSON.stringify([match.kind, match.resource]);
    const known = this.#requests.get(key);
    if (known) return known;
    const value = requestValue(this.input, match, this.unknowns);
    this.#requests.set(key, value);
    return value;
  }

  /** Returns `namespaceObject`: null for an object without namespace, and for a namespace. */
  namespaceObject(): Value {
    if (targetOf(this.input).namespace === '' || isNamespace(this.input)) return null;
    const { namespaceObject } = this.input;
    if (!namespaceObject) return this.unknowns.value('namespaceObject is not known here');
    this.#namespace ??= fromNative(visibleNamespace(namespaceObject));
    return this.#namespace;
  }
}

/** What is left out of metadata. */
const HIDDEN = ['managedFields', 'ownerReferences', 'selfLink'];

function visibleNamespace({ metadata, spec, status }: JsonObject): JsonObject {
  const shown = Object.entries((metadata ?? {}) as JsonObject).filter(
    ([key]) => !HIDDEN.includes(key),
  );
  return { metadata: Object.fromEntries(shown), spec: spec ?? {}, status: status ?? {} };
}

function requestValue(input: AdmissionInput, match: Match, unknowns: Unknowns): Value {
  const { options, userInfo } = input;
  const unknown = new Map<string, string>();
  if (!options) unknown.set('options', 'request.options is not known here');
  if (!userInfo) unknown.set('userInfo', 'request.userInfo is not known here');
  if (hasGeneratedName(input)) unknown.set('name', 'request.name is chosen by the API server');
  const known = fromNative({
    ...fieldsOf(input, match),
    ...(userInfo && { userInfo: withoutEmpty(userInfo) }),
  });
  if (!(known instanceof CelMap)) return known;
  // The API server has them as JSON and not as a Go struct.
  if (options) known.add('options', fromJson(options));
  return new PartlyKnownMap(known, unknown, unknowns);
}

function hasGeneratedName(input: AdmissionInput): boolean {
  const metadata = input.object?.metadata as JsonObject | undefined;
  return targetOf(input).name === '' && Boolean(metadata?.generateName);
}

/** Fields that are empty are left out, but not those that the API server always writes. */
function fieldsOf(input: AdmissionInput, { kind, resource }: Match): JsonObject {
  const { name, namespace } = targetOf(input);
  const subResource = input.subResource ?? '';
  return {
    uid: '',
    kind,
    resource,
    requestKind: input.kind,
    requestResource: input.resource,
    operation: input.operation,
    dryRun: input.dryRun ?? false,
    object: null,
    oldObject: null,
    ...(subResource && { subResource, requestSubResource: subResource }),
    ...(name && { name }),
    ...(namespace && { namespace }),
  };
}

function withoutEmpty({ username, uid, groups = [], extra = {} }: UserInfo): JsonObject {
  return {
    ...(username && { username }),
    ...(uid && { uid }),
    ...(groups.length > 0 && { groups }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}
