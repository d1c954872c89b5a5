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
} from '../../../policies/cel/types/types.ts';

/** A name or path with its type. */
export interface Named {
  readonly text: string;
  readonly type: Type;
  /** The kind of value it mostly has where its type is dyn. */
  readonly like?: string;
}

const named = (type: Type, ...texts: string[]): Named[] => texts.map((text) => ({ text, type }));

/** Fields of the object by the type of what most objects have there; the checker knows them as dyn. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  bool: ['object.flag', '.object.flag', 'object.mixed[4]'],
  int: [
    'object.spec.replicas',
    'object.spec.port',
    'object.big',
    'object.numbers[object.numbers[1]]',
    'object.matrix[0][1]',
    'object.list[1].a',
    'oldObject.spec.replicas',
    'object.`a-b/c.d`',
  ],
  double: ['object.ratio', 'object.whole', 'object.doubles[0]'],
  string: [
    'object.kind',
    'object.metadata.name',
    'object.metadata.`name`',
    "object.metadata.labels['app']",
    'object.spec.image',
    'object.spec.env[0].name',
    'object.spec.template.spec.containers[0].image',
    'object.data.a',
    'object.nested.deep.value',
    'object.texts[3]',
  ],
  null_type: ['object.nothing', 'object.mixed[3]'],
  list: [
    'object.numbers',
    'object.texts',
    'object.doubles',
    'object.list',
    'object.mixed',
    'object.matrix',
    'object.matrix[0]',
    'object.spec.env',
    'object.spec.template.spec.containers',
  ],
  map: [
    'object.spec',
    'object.metadata.labels',
    'object.nested',
    'object.nested["deep"]',
    'object.empty',
    'object.data',
    'object.list[0]',
    'object.spec.template.spec.containers[0].resources.limits',
  ],
  optional_type: [
    'object.metadata.labels.?app',
    'object.metadata.?annotations[?"example.com/owner"]',
    'object.?spec.?missing.deep',
    'object.spec.env[?7].name',
    'object.?numbers',
  ],
  dyn: [
    'object',
    'object.spec.missing',
    'object.spec.strategy',
    'object.metadata.annotations',
    'object.missing',
    'oldObject',
    'oldObject.spec',
    'oldObject.metadata.name',
  ],
};

const OBJECT = Object.entries(FIELDS).flatMap(([type, texts]) =>
  texts.map((text) => ({ text, type: DYN, like: type })),
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
