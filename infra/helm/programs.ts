import { join } from 'node:path';
import type { Log } from '../control-plane/progress.ts';
import { findGoProgram, type GoProgram } from '../go-program.ts';

const HELM: GoProgram = {
  name: 'helm',
  module: 'helm.sh/helm/v4',
  version: 'v4.3.1',
  package: 'cmd/helm',
  versionVariable: 'helm.sh/helm/v4/internal/version.version',
  takes: 'about six minutes',
};

const KUBECONFORM: GoProgram = {
  name: 'kubeconform',
  module: 'github.com/yannh/kubeconform',
  version: 'v0.8.0',
  package: 'cmd/kubeconform',
  takes: 'less than a minute',
};

interface Context {
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Returns the path of Helm, from the cache or after a build (needs Go). */
export function findHelm(context: Context): Promise<string> {
  return find(HELM, context);
}

/** Returns the path of kubeconform, from the cache or after a build (needs Go). */
export function findKubeconform(context: Context): Promise<string> {
  return find(KUBECONFORM, context);
}

async function find(program: GoProgram, context: Context): Promise<string> {
  return join(await findGoProgram(program, context), program.name);
}
