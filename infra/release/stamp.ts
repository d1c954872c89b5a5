// `npm run stamp -- v1.2.3 ghcr.io/acme/fleet`: writes a release's version and image wherever what is built reads them, and
// prints both as GitHub takes a step's outputs. The version of a release is its tag's; nothing of this is committed.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { CHART_README, chartReadme } from '../helm/chart-files.ts';
import { scriptCommand } from '../script-command.ts';

const ROOT = join(import.meta.dirname, '..', '..');

interface Release {
  readonly version: string;
  /** Host of the registry. */
  readonly registry: string;
  /** Name of the image there. */
  readonly repository: string;
}

const CHART = 'infra/chart/Chart.yaml';
const VALUES = 'infra/chart/values.yaml';

/** Each place that is stamped: the line, up to its value, and the value. Each line is there once. */
const PLACES: readonly [file: string, line: RegExp, value: keyof Release][] = [
  ['package.json', /^( {2}"version": ").*(",)$/gm, 'version'],
  [CHART, /^(version: ).*()$/gm, 'version'],
  [CHART, /^(appVersion: ").*(")$/gm, 'version'],
  [VALUES, /^( {2}registry: ").*(")$/gm, 'registry'],
  [VALUES, /^( {2}repository: ).*()$/gm, 'repository'],
  [VALUES, /^( {2}tag: ").*(")$/gm, 'version'],
];

/** The form of Semantic Versioning but for build metadata, which no tag of an image may have. */
const TAG = /^v(\d+\.\d+\.\d+(?:-[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?)$/;

function versionOf(tag: string): string {
  const version = TAG.exec(tag)?.[1];
  if (version === undefined)
    throw new InvalidArgumentError('It must be like v1.2.3 or v1.2.3-rc.1.');
  return version;
}

/** GitHub's names may have capitals, an image's must not. */
function imageOf(name: string): Omit<Release, 'version'> {
  const [, registry, repository] = /^([^/]+)\/(.+)$/.exec(name.toLowerCase()) ?? [];
  if (registry === undefined || repository === undefined)
    throw new InvalidArgumentError('It must be like ghcr.io/acme/fleet.');
  return { registry, repository };
}

/** Returns the files as they are to be, by path. Throws where a line is not there, or more than once. */
async function stamped(release: Release): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const [file, line, value] of PLACES) {
    const text = files.get(file) ?? (await readFile(join(ROOT, file), 'utf8'));
    const found = text.match(line)?.length ?? 0;
    if (found !== 1) throw new Error(`${file} has ${found} lines of the form ${line}, not one`);
    files.set(file, text.replace(line, `$1${release[value]}$2`));
  }
  return files.set(CHART_README, chartReadme(files.get(VALUES) ?? ''));
}

const { processedArgs } = scriptCommand(
  'npm run stamp',
  'Writes the version and the image of a release into package.json and the chart.',
)
  .argument('<tag>', 'tag of the release, such as v1.2.3', versionOf)
  .argument('<image>', 'name of the image, with its registry', imageOf)
  .parse();
const [version, image] = processedArgs as [string, Omit<Release, 'version'>];
const files = await stamped({ version, ...image });
for (const [file, text] of files) await writeFile(join(ROOT, file), text);
process.stdout.write(`version=${version}\nimage=${image.registry}/${image.repository}\n`);
