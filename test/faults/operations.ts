// What people do to a namespace and its repository, at random.

import { despiteConflicts } from '../../gitops/attempts.ts';
import { CHILD_KINDS, DEPLOYMENT, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import type { GitClone } from '../helpers/git-repo.ts';
import type { Random } from '../helpers/random.ts';
import { type Files, manifest, policyOf } from './scenario.ts';
import type { Stage } from './stage.ts';

/** WebApps of the repository, and those that people make by hand. */
const IN_GIT = ['anna', 'bert', 'cleo'];
const BY_HAND = ['mia', 'noah'];
const IMAGES = ['nginx:1.27', 'nginx:1.28', 'nginx:1.29'];

/** The world of one sequence; `files` is what the branch has now. */
export interface Hands {
  readonly stage: Stage;
  readonly clone: GitClone;
  readonly random: Random;
  /** Trees of the branch so far, with their commits. */
  readonly trees: { readonly commit: string; readonly files: Files }[];
  /** Specs of the WebApps made by hand that are there. */
  readonly byHand: Map<string, object>;
}

/** Returns whether the Git server has something to tell, and what was done, for the report. */
export type Operation = (hands: Hands) => Promise<{ pushed: boolean; did: string }>;

/** A spec that the policies allow; once in eight times one that they deny. */
export function randomSpec(random: Random, mayBeDenied = true): object {
  const replicas = mayBeDenied && random.once(8) ? 50 : random.below(3);
  const scaled = random.once(4) && {
    resources: { requests: { cpu: '10m' } },
    autoscaling: { minReplicas: 2, maxReplicas: 2, cpuPercent: 80 },
  };
  return {
    image: random.pick(IMAGES),
    replicas,
    port: random.pick([80, 8080]),
    ...(random.once(3) && { host: `${random.pick(['x', 'y'])}.example.org` }),
    ...(random.once(3) && { env: [{ name: 'MODE', value: random.pick(['a', 'b']) }] }),
    ...scaled,
  };
}

function filesNow({ trees }: Hands): Files {
  return trees.at(-1)?.files ?? {};
}

/** Commits what is to change, null for what is to go, and pushes it. */
export async function commit(hands: Hands, change: Files): Promise<void> {
  const files = { ...filesNow(hands), ...change };
  const present = Object.entries(files).filter(([, text]) => text !== null);
  const real = Object.entries(change).filter(
    ([path, text]) => text !== null || filesNow(hands)[path] !== undefined,
  );
  const id = await hands.clone.push(Object.fromEntries(real));
  hands.trees.push({ commit: id, files: Object.fromEntries(present) });
}

const put: Operation = async (hands) => {
  const name = hands.random.pick(IN_GIT);
  const spec = randomSpec(hands.random);
  await commit(hands, { [`apps/${name}.yaml`]: manifest(name, spec) });
  return { pushed: true, did: `put ${name} ${JSON.stringify(spec)}` };
};

const remove: Operation = async (hands) => {
  const name = hands.random.pick(IN_GIT);
  await commit(hands, { [`apps/${name}.yaml`]: null });
  return { pushed: true, did: `remove ${name}` };
};

const spoil: Operation = async (hands) => {
  const broken = hands.random.once(2) ? 'kind: [\n' : null;
  await commit(hands, { 'apps/broken.yaml': broken });
  return { pushed: true, did: broken === null ? 'mend the file' : 'add a broken file' };
};

const changePolicy: Operation = async (hands) => {
  const most = hands.random.pick([5, 6]);
  await commit(hands, { 'policies/few-pods.yaml': policyOf(most) });
  return { pushed: true, did: `at most ${most} pods` };
};

const rewind: Operation = async (hands) => {
  const tree = hands.random.pick(hands.trees);
  await hands.clone.git('reset', '--quiet', '--hard', tree.commit);
  await hands.clone.git('push', '--quiet', '--force', 'origin', 'HEAD');
  hands.trees.push(tree);
  return { pushed: true, did: `force-push ${tree.commit.slice(0, 7)}` };
};

const revert: Operation = async (hands) => {
  const { files } = hands.random.pick(hands.trees);
  const gone = Object.keys(filesNow(hands)).filter((path) => files[path] === undefined);
  await commit(hands, { ...files, ...Object.fromEntries(gone.map((path) => [path, null])) });
  return { pushed: true, did: 'revert to an earlier tree' };
};

const byHand: Operation = async ({ stage, random, byHand }) => {
  const name = random.pick(BY_HAND);
  const { cluster } = stage.ground;
  const key = { namespace: stage.name, name };
  const live = await cluster.get(WEBAPP, key);
  if (live && random.once(3)) {
    await cluster.delete(WEBAPP, live).catch(() => {});
    byHand.delete(name);
    if (!random.once(2)) return { pushed: false, did: `delete ${name}` };
  }
  const spec = randomSpec(random, false);
  const { apiVersion, kind } = WEBAPP;
  const object = { apiVersion, kind, metadata: key, spec };
  await cluster.apply(WEBAPP, object, { manager: 'kubectl', live: 'any' });
  byHand.set(name, spec);
  return { pushed: false, did: `apply ${name} ${JSON.stringify(spec)}` };
};

const meddle: Operation = async ({ stage, random }) => {
  const objects = [...stage.look().values()].filter(
    ({ kind, metadata }) =>
      metadata.name !== 'gamma' && (kind === 'WebApp' || metadata.ownerReferences !== undefined),
  );
  if (objects.length === 0) return { pushed: false, did: 'nothing' };
  const object = random.pick(objects);
  const of = [WEBAPP, ...CHILD_KINDS].find(({ kind }) => kind === object.kind);
  if (of === undefined) return { pushed: false, did: 'nothing' };
  const { cluster } = stage.ground;
  const key = { namespace: stage.name, name: object.metadata.name };
  const fields = of === WEBAPP ? asked() : meddling(object, random);
  await despiteConflicts(async () => {
    const live = await cluster.get(of, key);
    if (live === undefined || live.metadata.deletionTimestamp) return;
    if (fields === 'delete') await cluster.delete(of, live);
    else await cluster.patch(of, live, { type: 'merge', fields });
  }).catch(() => {});
  return { pushed: false, did: `${JSON.stringify(fields)} on ${of.kind} ${key.name}` };
};

function asked(): object {
  return { metadata: { annotations: { [ANNOTATION.requestedAt]: crypto.randomUUID() } } };
}

function meddling({ kind }: KubeObject, random: Random): object | 'delete' {
  if (random.once(3)) return 'delete';
  if (random.once(3)) return { metadata: { annotations: { 'example.org/note': 'seen' } } };
  if (kind === DEPLOYMENT.kind) return { spec: { replicas: 4 } };
  if (kind === SERVICE.kind) return { spec: { type: 'NodePort' } };
  return { metadata: { labels: { 'app.kubernetes.io/component': 'other' } } };
}

/** Each as often as it stands here. */
export const OPERATIONS: readonly Operation[] = [
  put,
  put,
  put,
  put,
  remove,
  spoil,
  changePolicy,
  rewind,
  revert,
  byHand,
  byHand,
  meddle,
  meddle,
];

/** Leaves nothing that the policies deny or that is broken: what was held back depends on what was there before. */
export async function tidy(hands: Hands): Promise<void> {
  const denied = Object.entries(filesNow(hands)).filter(([, text]) =>
    text?.includes('"replicas":50'),
  );
  const mended = denied.map(([path, text]) => [
    path,
    text?.replace('"replicas":50', '"replicas":2'),
  ]);
  await commit(hands, {
    ...Object.fromEntries(mended),
    'apps/broken.yaml': null,
    'policies/few-pods.yaml': policyOf(5),
  });
}
