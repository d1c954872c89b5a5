// Finds tests: folders named `tests` beside the policies they are for.
import { glob, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { PermanentError } from '../../gitops/errors.ts';
import { isPolicyPath } from '../../gitops/sync/policy-files.ts';
import type { PolicyFile } from '../../policies/index.ts';

/** A folder of policies, with its tests. Paths are as seen from where the command runs. */
export interface Discovered {
  readonly folder: string;
  readonly policyFiles: readonly PolicyFile[];
  /** Files that hold tests; none where nobody has written any. */
  readonly testFiles: readonly PolicyFile[];
}

/** A file that cannot be read as YAML may be a test all the same; other files of a `tests` folder are objects of tests. */
const TEST = /^[ \t]*["']?kind["']?:\s*["']?PolicyTest\b/m;
const POLICY = /^[ \t]*["']?kind["']?:\s*["']?ValidatingAdmissionPolicy\b/m;
const TESTS = 'tests';

/** Returns the folders with tests below these paths, and those that have policies and no tests. Fails for a path without any. */
export async function discover(paths: readonly string[]): Promise<Discovered[]> {
  const tests = new Map<string, PolicyFile[]>();
  for (const path of paths) {
    const found = await testFilesAt(path);
    if (found.length === 0) throw noTests(path);
    for (const file of found) {
      const folder = policyFolderOf(file.path);
      tests.set(folder, [...(tests.get(folder) ?? []), file]);
    }
  }
  const tested = await Promise.all(
    [...tests].map(async ([folder, testFiles]) => ({
      folder,
      testFiles: unique(testFiles),
      policyFiles: await policyFilesBelow(folder),
    })),
  );
  return [...tested, ...(await withoutTests(paths, tested))];
}

function noTests(path: string): PermanentError {
  const how = `put a file with kind: PolicyTest into a folder "${TESTS}" beside the policies`;
  return new PermanentError('NoTests', `there is no test in ${path}: ${how}`);
}

async function testFilesAt(path: string): Promise<PolicyFile[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw new PermanentError(
      'PathNotFound',
      `there is no ${path} here: name the folder of your policies`,
    );
  const files = found.isFile() ? [await readOne(path)] : await yamlBelow(path);
  return files.filter(
    ({ text, path: file }) => TEST.test(text) && (found.isFile() || isInTests(file)),
  );
}

function isInTests(path: string): boolean {
  return dirname(resolve(path)).split(sep).includes(TESTS);
}

/** What is in policies/tests is for policies; a test that lies elsewhere is for its own folder. */
function policyFolderOf(path: string): string {
  const parts = dirname(resolve(path)).split(sep);
  const at = parts.lastIndexOf(TESTS);
  const folder = at < 0 ? dirname(resolve(path)) : parts.slice(0, at).join(sep) || sep;
  return relative(process.cwd(), folder) || '.';
}

async function policyFilesBelow(folder: string): Promise<PolicyFile[]> {
  const files = await yamlBelow(folder);
  return files.filter(({ path, text }) => isPolicyPath(relative(folder, path)) && !TEST.test(text));
}

/** Policies of a path that lie in no folder with tests are not tested by anything. */
async function withoutTests(
  paths: readonly string[],
  tested: readonly Discovered[],
): Promise<Discovered[]> {
  const known = new Set(tested.flatMap(({ policyFiles }) => policyFiles.map(({ path }) => path)));
  const found: PolicyFile[] = [];
  for (const path of paths) {
    const folder = await stat(path).then((each) => each.isDirectory());
    if (folder && !isInTests(join(path, 'file'))) found.push(...(await policyFilesBelow(path)));
  }
  const left = unique(found).filter(({ path, text }) => !known.has(path) && POLICY.test(text));
  const folders = Map.groupBy(left, ({ path }) => dirname(path));
  return [...folders].map(([folder, policyFiles]) => ({ folder, policyFiles, testFiles: [] }));
}

function unique(files: readonly PolicyFile[]): PolicyFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

async function yamlBelow(folder: string): Promise<PolicyFile[]> {
  const paths: string[] = [];
  const exclude = (name: string) => name === 'node_modules' || /^\.[^.]/.test(name);
  for await (const path of glob('**/*.{yaml,yml}', { cwd: folder, exclude })) paths.push(path);
  return Promise.all(paths.sort().map((path) => readOne(join(folder, path))));
}

async function readOne(path: string): Promise<PolicyFile> {
  return { path, text: await readFile(path, 'utf8') };
}
