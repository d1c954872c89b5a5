// What the chart takes from elsewhere, as a chart holds all of its files: the CRDs, and what infra/monitoring has. And its
// README, whose table is made from the comments in values.yaml.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CHART } from './manifests.ts';
import { valuesTable } from './values-table.ts';

const infra = join(import.meta.dirname, '..');

/** Folder that everything below is copied to, by path from the root; nothing else lies there. */
export const COPIES = 'infra/chart/files';

/** Path of the chart's README from the root. */
export const CHART_README = 'infra/chart/README.md';

const FOLDERS: readonly [from: string, to: string][] = [
  ['crd', 'crds'],
  ['monitoring/rules', 'rules'],
  ['monitoring/dashboards', 'dashboards'],
];

/** Returns the generated files of the chart, by path from the root. */
export async function chartFiles(): Promise<ReadonlyMap<string, string>> {
  const folders = await Promise.all(FOLDERS.map(([from, to]) => copies(from, to)));
  const states = await textOf('monitoring/kube-state-metrics.yaml');
  return new Map([
    ...folders.flat(),
    ...(states ? ([[`${COPIES}/kube-state-metrics.yaml`, states]] as const) : []),
    [CHART_README, chartReadme(await readFile(join(CHART, 'values.yaml'), 'utf8'))],
  ]);
}

async function copies(from: string, to: string): Promise<[string, string][]> {
  const names = await readdir(join(infra, from)).catch(() => []);
  const files = names.filter((name) => /\.(yaml|json)$/.test(name)).sort();
  return Promise.all(
    files.map(async (name) => [`${COPIES}/${to}/${name}`, (await textOf(`${from}/${name}`)) ?? '']),
  );
}

/** Returns undefined where there is no such file. */
async function textOf(path: string): Promise<string | undefined> {
  return readFile(join(infra, path), 'utf8').catch(() => undefined);
}

/** Returns the chart's README, with a row for each value of this text of values.yaml. */
export function chartReadme(values: string): string {
  return `<!-- Generated from values.yaml by \`npm run generate\`. Do not edit. -->
# webapp-operator

Commit a WebApp and it runs: the functions, their event source and admission, as Deployments or as Knative Services.
[docs/install.md](../../docs/install.md) says how to install and size it.

\`\`\`sh
helm install webapp-operator infra/chart --namespace webapp-operator-system --create-namespace
helm test webapp-operator --namespace webapp-operator-system
\`\`\`

| value | default | what |
|---|---|---|
${valuesTable(values)}`;
}
