import type { GoProgram } from '../go-program.ts';

export const HELM: GoProgram = {
  name: 'helm',
  module: 'helm.sh/helm/v4',
  version: 'v4.3.1',
  package: 'cmd/helm',
  versionVariable: 'helm.sh/helm/v4/internal/version.version',
  takes: 'about six minutes',
};

export const KUBECONFORM: GoProgram = {
  name: 'kubeconform',
  module: 'github.com/yannh/kubeconform',
  version: 'v0.8.0',
  package: 'cmd/kubeconform',
  takes: 'less than a minute',
};
