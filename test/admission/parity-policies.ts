// Policies that say much of what they see.
import {
  DEPLOYMENT,
  type Kind,
  POLICY,
  POLICY_BINDING,
  SERVICE,
  WEBAPP,
} from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';

/** Tells the structure that expressions see: the keys of each object, and the types of some values. */
const keys = (path: string) => `'${path}: ' + ${path}.map(k, k).sort().join(' ')`;
export const SHAPE = [
  keys('object'),
  keys('object.metadata'),
  keys('object.spec'),
  "'request: ' + [request.operation, request.name, request.kind.kind, request.resource.resource, request.requestKind.version].join(' ')",
  "'user: ' + request.userInfo.username + ' ' + request.userInfo.groups.join(' ')",
  "'dry run: ' + string(request.dryRun) + ' options: ' + request.options.map(k, k).sort().join(' ')",
  "'namespace: ' + namespaceObject.metadata.labels['kubernetes.io/metadata.name'] + ' ' + namespaceObject.status.phase",
  "'old: ' + (oldObject == null ? 'none' : oldObject.map(k, k).sort().join(' '))",
  "'uid: ' + string(has(object.metadata.uid)) + ' generation: ' + string(object.metadata.?generation.orValue(-1))",
];
const POD_SHAPE = [
  keys('object.spec.template.spec'),
  keys('object.spec.template.spec.containers[0]'),
  "'quantity: ' + object.spec.template.spec.containers[0].resources.requests.cpu",
  "'strategy: ' + string(object.spec.strategy.rollingUpdate.maxSurge)",
];
export const SERVICE_SHAPE = [
  keys('object.spec.ports[0]'),
  "'port: ' + string(object.spec.ports[0].targetPort)",
];

/** The same of a delete. */
export const GONE = [
  "'object: ' + (object == null ? 'null' : 'there')",
  keys('oldObject'),
  keys('oldObject.metadata'),
  keys('oldObject.spec'),
  "'request: ' + [request.operation, request.name, request.namespace, request.kind.kind].join(' ')",
  "'generation: ' + string(oldObject.metadata.generation) + ' replicas: ' + string(oldObject.spec.replicas)",
];

interface Rules {
  readonly name: string;
  readonly of: readonly Kind[];
  readonly operations: readonly string[];
  readonly actions: readonly string[];
  readonly spec: object;
}

const warning = (text: string) => ({ expression: '1 > 2', messageExpression: text });
const ANY = ['CREATE', 'UPDATE'];
const ALL_RULES: readonly Rules[] = [
  {
    name: 'bounds',
    of: [WEBAPP],
    operations: ANY,
    actions: ['Deny'],
    spec: {
      variables: [{ name: 'most', expression: '3' }],
      validations: [
        {
          expression: 'object.spec.replicas <= variables.most',
          messageExpression:
            "'at most ' + string(variables.most) + ', not ' + string(object.spec.replicas)",
        },
      ],
    },
  },
  {
    name: 'shrink',
    of: [DEPLOYMENT],
    operations: ['UPDATE'],
    actions: ['Deny'],
    spec: {
      validations: [
        {
          expression: 'object.spec.replicas >= oldObject.spec.replicas',
          message: 'it may not shrink',
          reason: 'Forbidden',
        },
      ],
    },
  },
  {
    name: 'keep',
    of: [WEBAPP],
    operations: ['DELETE'],
    actions: ['Deny'],
    spec: {
      validations: [
        { expression: "oldObject.metadata.name != 'kept'", reason: 'RequestEntityTooLarge' },
      ],
    },
  },
  {
    name: 'gone',
    of: [WEBAPP],
    operations: ['DELETE'],
    actions: ['Warn', 'Audit'],
    spec: { validations: GONE.map(warning) },
  },
  {
    name: 'shape',
    of: [WEBAPP, DEPLOYMENT, SERVICE],
    operations: ANY,
    actions: ['Warn', 'Audit'],
    spec: { validations: SHAPE.map(warning) },
  },
  {
    name: 'pods',
    of: [DEPLOYMENT],
    operations: ANY,
    actions: ['Warn'],
    spec: {
      validations: POD_SHAPE.map(warning),
      auditAnnotations: [
        { key: 'cpu', valueExpression: 'string(object.spec.template.spec.containers[0].image)' },
      ],
    },
  },
  {
    name: 'ports',
    of: [SERVICE],
    operations: ANY,
    actions: ['Warn'],
    spec: { validations: SERVICE_SHAPE.map(warning) },
  },
];

/** Returns policies and bindings for one namespace; the suffix keeps them from other tests' on the same cluster. */
export function objectsOf(suffix: string, namespace: string): KubeObject[] {
  return ALL_RULES.flatMap(({ name: short, of, operations, actions, spec }) => {
    const name = `${short}-${suffix}`;
    const resourceRules = of.map(({ apiVersion, plural }) => {
      const [apiVersions, group = ''] = apiVersion.split('/').reverse();
      return { apiGroups: [group], apiVersions: [apiVersions], operations, resources: [plural] };
    });
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
    return [
      {
        apiVersion: POLICY.apiVersion,
        kind: POLICY.kind,
        metadata: { name },
        spec: { matchConstraints: { resourceRules, namespaceSelector }, ...spec },
      },
      {
        apiVersion: POLICY_BINDING.apiVersion,
        kind: POLICY_BINDING.kind,
        metadata: { name },
        spec: {
          policyName: name,
          validationActions: actions,
          matchResources: { namespaceSelector },
        },
      },
    ];
  });
}
