// The objects that generated policies judge.
import { CONFIG_MAP, DEPLOYMENT, type Kind, WEBAPP } from '../../../gitops/kinds.ts';
import type { KubeObject } from '../../../gitops/objects.ts';
import type { ApiServer } from '../sides/api-server.ts';
import type { Question } from '../sides/ours.ts';
import { object, THING } from '../world.ts';
import { LABEL } from './draft.ts';

/** A request without the label that chooses the policy. */
export interface Subject {
  readonly of: Kind;
  readonly object: KubeObject;
  /** Whether there is such an object already. */
  readonly isUpdate: boolean;
}

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

const STORED: readonly Subject[] = [
  {
    of: THING,
    object: { ...object(THING, 'store'), spec: { replicas: 2 }, flag: false, numbers: [1] },
    isUpdate: true,
  },
  // Without pods, so that controllers have little to change about it.
  { of: DEPLOYMENT, object: deployment('store', 0), isUpdate: true },
];

export const SUBJECTS: readonly Subject[] = [
  { of: THING, object: { ...object(THING, 'shop'), ...CONTENT }, isUpdate: false },
  { of: DEPLOYMENT, object: deployment('shop', 3), isUpdate: false },
  { of: CONFIG_MAP, object: { ...object(CONFIG_MAP, 'shop'), data: { a: 'x' } }, isUpdate: false },
  { of: WEBAPP, object: webapp('shop'), isUpdate: false },
  { of: THING, object: { ...object(THING, 'store'), ...CONTENT }, isUpdate: true },
  { of: DEPLOYMENT, object: deployment('store', 3), isUpdate: true },
];

/** Makes the objects that are to be updated. Doing it again does no harm. */
export async function store(server: ApiServer): Promise<void> {
  for (const { of, object: stored } of STORED) await server.keep(of, stored);
}

/**
 * Returns the subject as the policy of this name sees it. It has no other label, for the order of labels would be
 * random; its old object is read at the last moment, for controllers may change it.
 */
export async function questionAbout(
  { of, object: given, isUpdate }: Subject,
  policy: string,
  server: ApiServer,
): Promise<Question> {
  const { name, namespace } = given.metadata;
  const metadata = { ...given.metadata, labels: { [LABEL]: policy } };
  if (!isUpdate) return { of, object: { ...given, metadata } };
  const { code, message, object: oldObject } = await server.get(of, name, namespace);
  if (code >= 300) throw new Error(message);
  const { resourceVersion = '' } = oldObject.metadata;
  return { of, oldObject, object: { ...given, metadata: { ...metadata, resourceVersion } } };
}
