// What expressions can name: fields of objects that are there, of another type than asked for, and missing.
import {
  BOOL,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  TIMESTAMP,
  type Type,
} from '../../policies/cel/types.ts';

/** A name or path with its type. */
export interface Named {
  readonly text: string;
  readonly type: Type;
}

const named = (type: Type, ...texts: string[]): Named[] => texts.map((text) => ({ text, type }));

const OBJECT = named(
  DYN,
  'object',
  'object.kind',
  'object.metadata.name',
  'object.metadata.labels',
  'object.metadata.annotations',
  "object.metadata.labels['app']",
  'object.metadata.`name`',
  'object.metadata.labels.?app',
  'object.metadata.?annotations[?"example.com/owner"]',
  'object.?spec.?missing.deep',
  'object.spec',
  'object.spec.replicas',
  'object.spec.image',
  'object.spec.port',
  'object.spec.missing',
  'object.spec.env',
  'object.spec.env[0].name',
  'object.spec.env[?7].name',
  'object.spec.template.spec.containers',
  'object.spec.template.spec.containers[0].image',
  'object.spec.template.spec.containers[0].resources.limits',
  'object.spec.strategy',
  'object.data',
  'object.data.a',
  'object.mixed',
  'object.mixed[3]',
  'object.big',
  'object.ratio',
  'object.whole',
  'object.flag',
  'object.nothing',
  'object.list',
  'object.list[1].a',
  'object.nested.deep.value',
  'object.nested["deep"]',
  'object.empty',
  'object.texts',
  'object.numbers',
  'object.numbers[object.numbers[1]]',
  'object.doubles',
  'object.matrix',
  'object.matrix[0][1]',
  'object.`a-b/c.d`',
  'object.missing',
  '.object.flag',
  'oldObject',
  'oldObject.spec',
  'oldObject.spec.replicas',
  'oldObject.metadata.name',
);

/** What only policies with a parameter can name. */
export const PARAMS: readonly Named[] = named(
  DYN,
  'params',
  'params.a',
  'params.data',
  'params.data.max',
  'params.metadata.name',
  'params.?b.c',
  'params.numbers',
  'params.text',
  'params.missing',
);

const REQUEST = [
  ...named(DYN, 'request', 'request.options', 'request.kind', 'request.userInfo'),
  ...named(
    STRING,
    'request.name',
    'request.namespace',
    'request.operation',
    'request.kind.group',
    'request.kind.kind',
    'request.resource.resource',
    'request.requestKind.version',
    'request.requestResource.resource',
    'request.subResource',
    'request.userInfo.username',
    'namespaceObject.metadata.name',
    'namespaceObject.metadata.generateName',
    'namespaceObject.status.phase',
  ),
  ...named(BOOL, 'request.dryRun'),
  ...named(INT, 'namespaceObject.metadata.generation'),
  ...named(TIMESTAMP, 'namespaceObject.metadata.creationTimestamp'),
  ...named(mapOf(STRING, STRING), 'namespaceObject.metadata.labels'),
  ...named(
    listOf(STRING),
    'request.userInfo.groups',
    'namespaceObject.spec.finalizers',
    'namespaceObject.metadata.finalizers',
  ),
  ...named(DYN, 'namespaceObject', 'namespaceObject.metadata'),
];

/** What every admission policy can name; fields of the object many times as often. */
export const NAMES: readonly Named[] = [...OBJECT, ...OBJECT, ...REQUEST];

/** Paths that has() is asked about. */
export const PATHS: readonly string[] = [
  'object.spec.replicas',
  'object.spec.missing',
  'object.metadata.labels.app',
  'object.metadata.annotations.owner',
  'object.list[0].a',
  'object.list[2].a',
  'object.missing.a',
  'object.nothing.a',
  'object.nested.deep',
  'object.texts.a',
  'object.spec.env[0].value',
  'oldObject.spec',
  'request.name',
  'request.subResource',
  'request.userInfo.extra',
  'namespaceObject.metadata.labels',
  'namespaceObject.status.conditions',
  'object.?spec.replicas',
  'object.?missing.replicas',
];
