import { type BinaryName, versions } from './versions.ts';

/** A Go module, the programs in it, and what has to be said to build them. */
export interface GoModule {
  path: string;
  version: string;
  packages: Partial<Record<BinaryName, string>>;
  /** Values of variables that upstream's own release build sets by the linker. */
  stamps: Record<string, string>;
  /** The version of the modules that the module's own go.mod replaces by folders of its repository. */
  siblings?: string;
}

/** The modules that all programs come from, the quickest to build first. */
export const goModules: readonly GoModule[] = [
  {
    path: 'go.etcd.io/etcd/server/v3',
    version: versions.etcd,
    packages: { etcd: 'go.etcd.io/etcd/server/v3' },
    stamps: {},
  },
  {
    path: 'sigs.k8s.io/kwok',
    version: versions.kwok,
    packages: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
    stamps: { 'sigs.k8s.io/kwok/pkg/consts.Version': versions.kwok },
  },
  {
    path: 'k8s.io/kubernetes',
    version: versions.kubernetes,
    packages: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    },
    stamps: {
      ...kubernetesStamps('k8s.io/component-base/version'),
      ...kubernetesStamps('k8s.io/client-go/pkg/version'),
    },
    siblings: versions.kubernetes.replace(/^v1/, 'v0'),
  },
];

function kubernetesStamps(variables: string): Record<string, string> {
  const [, gitMajor = '', gitMinor = ''] = /^v(\d+)\.(\d+)/.exec(versions.kubernetes) ?? [];
  const values = { gitVersion: versions.kubernetes, gitMajor, gitMinor };
  return Object.fromEntries(Object.entries(values).map(([name, v]) => [`${variables}.${name}`, v]));
}
