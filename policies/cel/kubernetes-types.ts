import {
  BOOL,
  DYN,
  INT,
  listOf,
  mapOf,
  type ObjectTypes,
  objectOf,
  STRING,
  TIMESTAMP,
  type Type,
} from './types/types.ts';

const strings = listOf(STRING);

const groupVersionKind = objectOf('kubernetes.GroupVersionKind');
const groupVersionResource = objectOf('kubernetes.GroupVersionResource');

/** `request` is an AdmissionRequest without uid, object and oldObject. */
const requestTypes: ObjectTypes = {
  'kubernetes.AdmissionRequest': {
    kind: groupVersionKind,
    resource: groupVersionResource,
    subResource: STRING,
    requestKind: groupVersionKind,
    requestResource: groupVersionResource,
    requestSubResource: STRING,
    name: STRING,
    namespace: STRING,
    operation: STRING,
    userInfo: objectOf('kubernetes.UserInfo'),
    dryRun: BOOL,
    options: DYN,
  },
  'kubernetes.GroupVersionKind': { group: STRING, version: STRING, kind: STRING },
  'kubernetes.GroupVersionResource': { group: STRING, version: STRING, resource: STRING },
  'kubernetes.UserInfo': {
    username: STRING,
    uid: STRING,
    groups: strings,
    extra: mapOf(STRING, strings),
  },
};

/** `namespaceObject` is a Namespace without some of its metadata, ownerReferences and managedFields among them. */
const namespaceTypes: ObjectTypes = {
  'kubernetes.Namespace': {
    metadata: objectOf('kubernetes.NamespaceMetadata'),
    spec: objectOf('kubernetes.NamespaceSpec'),
    status: objectOf('kubernetes.NamespaceStatus'),
  },
  'kubernetes.NamespaceMetadata': {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapOf(STRING, STRING),
    annotations: mapOf(STRING, STRING),
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: strings,
  },
  'kubernetes.NamespaceSpec': { finalizers: strings },
  'kubernetes.NamespaceStatus': {
    conditions: listOf(objectOf('kubernetes.NamespaceCondition')),
    phase: STRING,
  },
  'kubernetes.NamespaceCondition': {
    status: STRING,
    type: STRING,
    lastTransitionTime: TIMESTAMP,
    message: STRING,
    reason: STRING,
  },
};

const VARIABLES = 'kubernetes.variables';

/** The object types of an admission without variables of a policy. */
export const admissionTypes: ObjectTypes = {
  ...requestTypes,
  ...namespaceTypes,
  [VARIABLES]: {},
};

export const requestType: Type = objectOf('kubernetes.AdmissionRequest');
export const namespaceType: Type = objectOf('kubernetes.Namespace');
export const variablesType: Type = objectOf(VARIABLES);

/**
 * Returns the object type of `variables`.
 *
 * @param outputTypes what the variables declared so far give, undefined for one that does not compile
 */
export function variableTypes(outputTypes: ReadonlyMap<string, Type | undefined>): ObjectTypes {
  const fields = [...outputTypes].map(([name, type]) => [name, fieldTypeOf(type)]);
  return { [VARIABLES]: Object.fromEntries(fields) };
}

/**
 * Returns the type that a variable has where it is used. The API server knows it as simple type, list or map; objects,
 * optionals, wrappers and the types of libraries become dyn.
 */
function fieldTypeOf(type: Type | undefined): Type {
  if (!type) return DYN;
  switch (type.kind) {
    case 'list':
      return listOf(fieldTypeOf(type.element));
    case 'map':
      return mapOf(fieldTypeOf(type.key), fieldTypeOf(type.value));
    case 'type':
    case 'object':
    case 'opaque':
    case 'parameter':
      return DYN;
    default:
      return type.nullable ? DYN : type;
  }
}
