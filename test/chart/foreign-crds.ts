// CRDs that the chart's objects need, from the Go modules that ship them: nothing of them is copied into this repository.
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../gitops/objects.ts';
import { hostPlatform } from '../../infra/control-plane/versions.ts';
import { goCommand } from '../../infra/go-command.ts';

const MODULES: readonly [module: string, folder: string, files: readonly string[]][] = [
  [
    'knative.dev/eventing@v0.50.0',
    'config/core/resources',
    ['broker', 'trigger', 'apiserversource', 'pingsource'],
  ],
  ['knative.dev/serving@v0.50.0', 'config/core/300-resources', ['service']],
  [
    'github.com/cert-manager/cert-manager@v1.21.2',
    'deploy/crds',
    ['cert-manager.io_certificates', 'cert-manager.io_issuers'],
  ],
  [
    'github.com/prometheus-operator/prometheus-operator@v0.94.0',
    'example/prometheus-operator-crd',
    ['monitoring.coreos.com_servicemonitors', 'monitoring.coreos.com_prometheusrules'],
  ],
];

/** Returns the CRDs of Knative, cert-manager and the Prometheus Operator; needs Go. */
export async function foreignCrds(): Promise<KubeObject[]> {
  const signal = new AbortController().signal;
  const go = goCommand('go', { platform: hostPlatform(), signal });
  const found: KubeObject[] = [];
  for (const [module, folder, files] of MODULES) {
    const { Dir } = JSON.parse(await go(tmpdir(), 'mod', 'download', '-json', module));
    for (const name of files)
      found.push(...crdsIn(await readFile(join(Dir, folder, `${name}.yaml`), 'utf8')));
  }
  return found;
}

/** Conversion asks a webhook, and nobody runs one here: there is one version of each object. */
function crdsIn(text: string): KubeObject[] {
  const objects = (loadAll(text) as (KubeObject | null)[]).filter((object) => object !== null);
  for (const { spec } of objects) delete (spec as { conversion?: unknown }).conversion;
  return objects;
}
