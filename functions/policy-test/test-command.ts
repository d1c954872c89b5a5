// `webapp test`: the tests that lie beside policies. It needs no cluster and no network.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, PermanentError } from '../../gitops/errors.ts';
import {
  type CaseResult,
  type FolderResult,
  runTests,
} from '../../gitops/policy-test/run-tests.ts';
import { updateExpectations } from '../../gitops/policy-test/update.ts';
import { errorsIn, type PolicyFile, type Problem } from '../../policies/index.ts';
import { describeProblems } from '../input-problems.ts';
import { EXIT } from '../review/review-command.ts';
import { type Discovered, discover } from './discover.ts';
import { renderTestJson } from './render-json.ts';
import { renderTestJunit } from './render-junit.ts';
import { renderTestText } from './render-text.ts';
import type { TestReport } from './test-report.ts';

export interface TestOptions {
  readonly run?: string;
  readonly output: TestFormat;
  readonly update: boolean;
  readonly requireTests: boolean;
}

export const TEST_FORMATS = {
  text: renderTestText,
  json: renderTestJson,
  junit: renderTestJunit,
} as const satisfies Record<string, (report: TestReport) => string>;
export type TestFormat = keyof typeof TEST_FORMATS;

/** Runs the tests below the paths, prints the report, and returns the exit code. */
export async function testCommand(paths: readonly string[], options: TestOptions): Promise<number> {
  const report = await reportOf(paths, options);
  process.stderr.write(describeProblems(report.problems, report.files));
  const updated = options.update ? await update(report) : undefined;
  if (updated === undefined) process.stdout.write(TEST_FORMATS[options.output](report));
  else process.stdout.write(updated.text);
  if (errorsIn(report.problems).length > 0) return EXIT.cannotJudge;
  const failed = report.results.some(({ failures }) => failures.length > 0);
  const bad = updated ? updated.refused : failed || report.untested.length > 0;
  return bad ? EXIT.findings : EXIT.clean;
}

/** Runs the tests below the paths. Fails where there is none, or none that `run` names. */
export async function reportOf(
  paths: readonly string[],
  { run, requireTests }: Pick<TestOptions, 'run' | 'requireTests'>,
): Promise<TestReport> {
  const wanted = matcherOf(run);
  const folders = await discover(paths);
  const ran = folders.map((folder) => runTests({ ...folder, wanted, readFile }));
  const results = ran.flatMap((each) => each.results);
  const problems = ran.flatMap((each) => each.problems);
  if (results.length === 0 && errorsIn(problems).length === 0)
    throw new PermanentError(
      'NoTests',
      `there is no case to run${run ? `: none matches --run ${run}` : ''}`,
    );
  // With a part of the cases nobody can tell which policies the others test.
  const whole = requireTests && run === undefined;
  return {
    results,
    problems,
    policies: ran.reduce((sum, { policies }) => sum + policies.length, 0),
    untested: whole ? ran.flatMap((each, index) => untestedIn(each, folders[index])) : [],
    files: folders.flatMap(({ policyFiles, testFiles }) => [...policyFiles, ...testFiles]),
  };
}

function untestedIn({ untested }: FolderResult, folder: Discovered | undefined): Problem[] {
  if (folder?.testFiles.length !== 0) return [...untested];
  const where = join(folder.folder, 'tests');
  return untested.map((each) => ({ ...each, message: `${each.message}; there is no ${where}` }));
}

function matcherOf(run: string | undefined): (name: string) => boolean {
  const pattern = run === undefined ? /^/ : patternOf(run);
  if (pattern instanceof PermanentError) throw pattern;
  return (name) => pattern.test(name);
}

function patternOf(run: string): RegExp | PermanentError {
  try {
    return new RegExp(run);
  } catch (cause) {
    return new PermanentError('InvalidPattern', `--run: ${messageOf(cause)}`, { cause });
  }
}

function readFile(from: string, path: string): PolicyFile | undefined {
  const file = join(dirname(from), path);
  try {
    return { path: file, text: readFileSync(file, 'utf8') };
  } catch {
    return undefined;
  }
}

async function update({ results, files }: TestReport): Promise<{ text: string; refused: boolean }> {
  const lines: string[] = [];
  let refused = false;
  const failing = results.filter(({ failures }) => failures.length > 0);
  for (const [path, own] of Map.groupBy(failing, ({ test }) => test.path)) {
    const line = await updateFile(path, own, files);
    refused ||= line.startsWith('✗');
    lines.push(line);
  }
  const same = results.length - failing.length;
  return {
    text: `${[...lines, `${same} of ${results.length} cases were as expected`].join('\n')}\n`,
    refused,
  };
}

async function updateFile(
  path: string,
  results: readonly CaseResult[],
  files: readonly PolicyFile[],
): Promise<string> {
  const text = files.find((file) => file.path === path)?.text ?? '';
  const updated = updateExpectations(text, results);
  if (updated.kind === 'refused') return `✗ ${path}: not updated: ${updated.reason}`;
  await writeFile(path, updated.text);
  return `✚ ${path}: wrote what was seen of ${results.map((each) => each.case.name).join(', ')}`;
}
