// What the admission plugins that are on by default add to a new Pod, in a cluster without classes and ServiceAccounts
// of its own making: ServiceAccount, Priority and DefaultTolerationSeconds.
import { serviceAccountNamed } from './defaults-pod.ts';
import { Unknowable } from './failures.ts';
import { generated } from './metadata.ts';
import type { Container, Pod, PodSpec, Text } from './shapes.ts';
import { Undetermined } from './undetermined.ts';

/** Adds it to the Pod. Throws Unknowable where another object of the cluster has a say in what. */
export function admitPod({ metadata, spec }: Pod): void {
  if (spec.runtimeClassName !== undefined) {
    throw new Unknowable(`a Pod of the RuntimeClass ${spec.runtimeClassName}`);
  }
  const isMirror = Object.hasOwn(metadata.annotations ?? {}, 'kubernetes.io/config.mirror');
  if (!isMirror) addServiceAccount(spec);
  setPriority(spec);
  addTolerations(spec);
}

/** The ServiceAccount is taken to say nothing of tokens and pull secrets. */
function addServiceAccount(spec: PodSpec): void {
  if (spec.serviceAccountName === undefined) Object.assign(spec, serviceAccountNamed('default'));
  if (spec.automountServiceAccountToken !== false) mountToken(spec);
}

const TOKEN_VOLUME = 'kube-api-access-';
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

function mountToken(spec: PodSpec): void {
  const volumes = (spec.volumes ?? []) as { name?: Text }[];
  const present = volumes.find(
    ({ name }) => typeof name === 'string' && name.startsWith(TOKEN_VOLUME),
  );
  const name = present?.name ?? generated(TOKEN_VOLUME);
  const lacking = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].filter(
    (container) => !container.volumeMounts?.some(({ mountPath }) => mountPath === TOKEN_PATH),
  );
  for (const container of lacking) addMount(container, name);
  if (!present && lacking.length > 0) spec.volumes = [...volumes, tokenVolume(name)];
}

function addMount(container: Container, name: Text): void {
  const mount = { name, readOnly: true, mountPath: TOKEN_PATH };
  container.volumeMounts = [...(container.volumeMounts ?? []), mount];
}

function tokenVolume(name: Text): object {
  const namespace = { apiVersion: 'v1', fieldPath: 'metadata.namespace' };
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: namespace }] } },
      ],
    },
  };
}

/** The two classes that every cluster has. */
const PRIORITY: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** What other classes say is not known. */
function setPriority(spec: PodSpec): void {
  const { priorityClassName } = spec;
  const known = priorityClassName === undefined ? 0 : PRIORITY[priorityClassName];
  spec.priority ??= known ?? new Undetermined(0);
  const policy = 'PreemptLowerPriority';
  spec.preemptionPolicy ??= known === undefined ? new Undetermined(policy) : policy;
}

const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** Pods stay on a node that is lost for five minutes, unless they say otherwise. */
export function addTolerations(spec: PodSpec): void {
  const given = spec.tolerations ?? [];
  const missing = TAINTS.filter(
    (taint) =>
      !given.some(
        ({ key = taint, effect = 'NoExecute' }) => key === taint && effect === 'NoExecute',
      ),
  );
  const added = missing.map((key) => ({
    ...{ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  }));
  if (added.length > 0) spec.tolerations = [...given, ...added];
}
