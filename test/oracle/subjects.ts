// The objects that generated policies judge.
import { CONFIG_MAP, DEPLOYMENT, type Kind, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import type { ApiServer } from './api-server.ts';
import { LABEL, NAMESPACE } from './draft.ts';
import type { Question } from './judged.ts';
import { THING } from './world.ts';

/** A request without the label that chooses the policy. */
export type Subject = Question;

/** Numbers in JSON that JavaScript would write in another way. */
const exactly = (text: string): unknown =>
  (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);

const POD_SPEC = {
  containers: [
    { name: 'web', image: 'web:1', resources: { limits: { cpu: '1' } } },
    { name: 'proxy', image: 'ghcr.io/acme/proxy@sha256:0', ports: [{ containerPort: 80 }] },
  ],
};

/** The order of a map's entries is random in the API server: what has several is of their keys only by chance. */
const CONTENT = {
  spec: {
    replicas: 3,
    port: 8080,
    image: 'ghcr.io/acme/shop:1.8.2',
    env: [{ name: 'A', value: 'b' }, { name: 'B' }],
    template: { spec: POD_SPEC },
  },
  mixed: [1, 'a', exactly('2.5'), null, true, { a: 1 }, [1]],
  big: exactly('9007199254740993'),
  ratio: 1.5,
  whole: exactly('2.0'),
  doubles: [0.5, exactly('2.0'), exactly('-0.0'), exactly('1e3')],
  flag: true,
  nothing: null,
  list: [{ a: 1 }, { a: 2 }, { b: 'x' }],
  nested: { deep: { value: 'v' } },
  texts: ['b', 'a', 'äöü', '😀'],
  numbers: [3, 1, 2],
  matrix: [[1, 2], [3]],
  empty: {},
  data: { a: 'A' },
  'a-b/c.d': 7,
};

const MATCH = { run: 'shop' };

function deployment(name: string, replicas: number): KubeObject {
  const template = { metadata: { labels: MATCH }, spec: POD_SPEC };
  return {
    ...object(DEPLOYMENT, name),
    spec: { replicas, selector: { matchLabels: MATCH }, template },
  };
}

function webapp(name: string): KubeObject {
  const { image, replicas } = CONTENT.spec;
  return { ...object(WEBAPP, name), spec: { image, replicas, env: [{ name: 'A', value: 'b' }] } };
}

function object({ apiVersion, kind }: Kind, name: string): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: NAMESPACE } };
}

const OLD: readonly (readonly [Kind, KubeObject])[] = [
  [THING, { ...object(THING, 'store'), spec: { replicas: 2 }, flag: false, numbers: [1] }],
  [DEPLOYMENT, deployment('store', 1)],
];

/** Makes the objects that are to be updated, and returns what can be asked. */
export async function makeSubjects(server: ApiServer): Promise<Subject[]> {
  const creates: Subject[] = [
    { of: THING, object: { ...object(THING, 'shop'), ...CONTENT } },
    { of: DEPLOYMENT, object: deployment('shop', 3) },
    { of: CONFIG_MAP, object: { ...object(CONFIG_MAP, 'shop'), data: { a: 'x' } } },
    { of: WEBAPP, object: webapp('shop') },
  ];
  const updates: Subject[] = [];
  for (const [of, old] of OLD) {
    await server.create(of, old);
    const { object: oldObject } = await server.get(of, 'store', NAMESPACE);
    const [thing, workload] = creates;
    const object = (of === THING ? thing : workload)?.object ?? old;
    updates.push({ of, oldObject, object: updated(object, oldObject) });
  }
  return [...creates, ...updates];
}

function updated(object: KubeObject, { metadata }: KubeObject): KubeObject {
  const { name, resourceVersion = '' } = metadata;
  return { ...object, metadata: { ...object.metadata, name, resourceVersion } };
}

/** The subject as the policy of this name sees it. It has no other label, for the order of labels would be random. */
export function labelled(subject: Subject, policy: string): Question {
  const { object } = subject;
  return {
    ...subject,
    object: { ...object, metadata: { ...object.metadata, labels: { [LABEL]: policy } } },
  };
}
