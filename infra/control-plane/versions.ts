/** The exact upstream versions that make up the control plane. */
export const versions = { kubernetes: 'v1.37.2', etcd: 'v3.7.3', kwok: 'v0.8.0' } as const;

/** Every program the control plane consists of, and kubectl to look into it. */
export const binaryNames = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
] as const;

/** The name of one program, which is also its file name. */
export type BinaryName = (typeof binaryNames)[number];

/** An operating system and processor in Go's words, as the download sites use them. */
export interface Platform {
  os: string;
  arch: string;
}

/** Returns the platform this process runs on. */
export function hostPlatform(): Platform {
  const arches: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64' };
  return { os: process.platform, arch: arches[process.arch] ?? process.arch };
}

/** Returns the name of the cache folder: another version or platform never meets these files. */
export function versionFolder({ os, arch }: Platform): string {
  const { kubernetes, etcd, kwok } = versions;
  return `k8s-${kubernetes}_etcd-${etcd}_kwok-${kwok}-${os}-${arch}`.replaceAll('-v', '-');
}
