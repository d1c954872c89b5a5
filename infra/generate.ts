// `npm run generate`: writes every file that is made from others. --check leaves out what needs Helm; npm run test:chart has that.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { typeFiles } from './generate-types.ts';
import { findGoProgram } from './go-program.ts';
import { COPIES, chartFiles } from './helm/chart-files.ts';
import { manifestFiles } from './helm/manifests.ts';
import { HELM } from './helm/programs.ts';
import { scriptCommand } from './script-command.ts';

const root = join(import.meta.dirname, '..');

async function write(files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** Returns the paths whose files are not what they should be, and of copies whose originals are gone. */
async function staleOf(files: ReadonlyMap<string, string>): Promise<string[]> {
  const stale = [...files].map(async ([path, text]) => {
    const found = await readFile(join(root, path), 'utf8').catch(() => '');
    return found === text ? [] : [path];
  });
  const copies = await readdir(join(root, COPIES), { recursive: true, withFileTypes: true });
  const lost = copies
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    .filter((path) => !files.has(path));
  return [...(await Promise.all(stale)).flat(), ...lost];
}

async function check(): Promise<void> {
  for (const path of await staleOf(new Map([...(await typeFiles()), ...(await chartFiles())]))) {
    console.error(`✗ ${path} is stale: run \`npm run generate\``);
    process.exitCode = 1;
  }
}

async function generate(): Promise<void> {
  await rm(join(root, COPIES), { recursive: true, force: true });
  await write(await typeFiles());
  await write(await chartFiles());
  await write(await manifestFiles(await findGoProgram(HELM)));
}

const options = scriptCommand('npm run generate', 'Writes every file that is made from others.')
  .option('--check', 'write nothing, and fail where one is stale', false)
  .parse()
  .opts<{ check: boolean }>();
await (options.check ? check() : generate());
