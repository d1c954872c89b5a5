// The chart as plain YAML for `kubectl apply`: mode deployment with the default values, the Secret made by hand.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const CHART = join(import.meta.dirname, '../chart');

const OPTIONS = [
  ...[
    '--namespace',
    'webapp-operator-system',
    '--skip-tests',
    '--api-versions',
    'cert-manager.io/v1',
  ],
  ...['--set', 'crds.enabled=false,secret.generate=false'],
];

/** Where the objects of a template go, the first that fits; CRDs lie in infra/crd as they are. */
const PLACES: readonly [template: RegExp, file: string][] = [
  [/^rbac\/(.*)/, 'infra/rbac/$1'],
  [/^functions\/.*/, 'infra/manager/functions.yaml'],
  [/^relay\/.*/, 'infra/manager/relay.yaml'],
  [/^networkpolicy\.yaml/, 'infra/manager/network-policy.yaml'],
  [/^webhook\/source-label\.yaml/, 'infra/admission/source-label.yaml'],
  [/^webhook\/.*/, 'infra/admission/admission.yaml'],
];

const HEADER = '# Generated from infra/chart by `npm run generate`. Do not edit.\n';
const SOURCE = /^# Source: webapp-operator\/templates\/(.*)\n/;
/** They are Helm's, which has no part in it here. */
const LABELS_OF_HELM = /^ +(helm\.sh\/chart|app\.kubernetes\.io\/managed-by): .*\n/gm;

/** Returns the generated manifests, by path from the root. Throws with Helm's own words where it fails. */
export async function manifestFiles(helm: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await run(helm, ['template', 'webapp-operator', CHART, ...OPTIONS]);
  const files = new Map<string, string[]>();
  for (const document of stdout.split(/^---\n/m)) {
    const template = SOURCE.exec(document)?.[1];
    if (template === undefined) continue;
    const place = placeOf(template);
    const text = document.replace(SOURCE, '').replace(LABELS_OF_HELM, '').trim();
    files.set(place, [...(files.get(place) ?? []), text]);
  }
  return new Map([...files].map(([path, texts]) => [path, `${HEADER}${texts.join('\n---\n')}\n`]));
}

function placeOf(template: string): string {
  const found = PLACES.find(([pattern]) => pattern.test(template));
  if (found === undefined)
    throw new Error(`no place in infra is named for the template ${template}`);
  return template.replace(...found);
}
