// Defaults of native kinds, struct by struct: an outer struct is defaulted before those within it.
import type { ShapeOf, Struct } from './decode.ts';
import { podDefaults } from './defaults-pod.ts';
import { autoscalerDefaults, deploymentDefaults, serviceDefaults } from './defaults-workloads.ts';
import { fieldsOf, type GoType, type StructName } from './go-types.ts';
import { roundUpToMilli } from './quantity.ts';

/** What is set where it was not given. */
const CONSTANTS: Partial<Record<StructName, Readonly<Struct>>> = {
  AzureDiskVolumeSource: {
    cachingMode: 'ReadWrite',
    fsType: 'ext4',
    readOnly: false,
    kind: 'Shared',
  },
  ConfigMapVolumeSource: { defaultMode: 0o644 },
  ContainerPort: { protocol: 'TCP' },
  DownwardAPIVolumeSource: { defaultMode: 0o644 },
  FileKeySelector: { optional: false },
  GRPCAction: { service: '' },
  HTTPGetAction: { path: '/', scheme: 'HTTP' },
  HostPathVolumeSource: { type: '' },
  ISCSIVolumeSource: { iscsiInterface: 'default' },
  ObjectFieldSelector: { apiVersion: 'v1' },
  PersistentVolumeClaimSpec: { volumeMode: 'Filesystem' },
  Probe: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  ProjectedVolumeSource: { defaultMode: 0o644 },
  RBDVolumeSource: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  ScaleIOVolumeSource: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
  SecretVolumeSource: { defaultMode: 0o644 },
  ServiceAccountTokenProjection: { expirationSeconds: 3600 },
};

/** What depends on other fields. */
const DEFAULTERS: { readonly [T in StructName]?: (value: ShapeOf<T>) => void } = {
  ...podDefaults,
  Deployment: deploymentDefaults,
  HorizontalPodAutoscaler: autoscalerDefaults,
  Service: serviceDefaults,
  Namespace: ({ metadata, status }) => {
    if (typeof metadata.name === 'string') {
      metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
    }
    status.phase ??= 'Active';
  },
};

/** Fills in the struct's defaults, and those of all structs in it. */
export function setDefaults<T extends StructName>(struct: T, value: ShapeOf<T>): void {
  (DEFAULTERS[struct] as ((value: ShapeOf<T>) => void) | undefined)?.(value);
  const fields = value as Struct;
  for (const [name, constant] of Object.entries(CONSTANTS[struct] ?? {})) fields[name] ??= constant;
  for (const { name, type } of fieldsOf(struct)) setWithin(type, fields[name]);
}

function setWithin(type: GoType, value: unknown): void {
  if (value === undefined || value === null || type.kind === 'scalar') return;
  if (type.kind === 'struct') setDefaults(type.name, value as ShapeOf<StructName>);
  else if (type.kind === 'pointer') setWithin(type.to, value);
  else if (type.kind === 'slice') for (const item of value as unknown[]) setWithin(type.of, item);
  else setWithinMap(type, value as Struct);
}

function setWithinMap(type: GoType & { kind: 'map' }, map: Struct): void {
  if (type.name !== 'ResourceList') return;
  for (const [key, amount] of Object.entries(map)) map[key] = roundUpToMilli(String(amount));
}
