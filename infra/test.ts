// `npm test`: one control plane for all test files, AVA's results as lines, and a closing line for scripts.
// With files or patterns only those are run (`npm test -- test/gitops/diff.test.ts`), each after the other.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { InvalidArgumentError } from 'commander';
import { loadKubeConfig } from '../functions/kube-config.ts';
import { startControlPlane } from './control-plane/start.ts';
import { Installation } from './install.ts';
import { scriptCommand } from './script-command.ts';

interface Result {
  passed: number;
  /** What failed, by title. */
  readonly failed: string[];
}

/** Folders of tests that need parts which take minutes to build: each has a script of its own, such as test:gitea. */
const TIERS = ['gitea', 'knative', 'lambda', 'chart', 'metrics', 'rollout', 'release'];

/**
 * The integration tests and the faults each run the whole product, whose parts follow all namespaces: they run one after
 * the other, on a control plane that nobody else has used.
 */
const SUITES = [
  ['test/*.test.ts', `test/!(integration|faults|${TIERS.join('|')})/**/*.test.ts`],
  ['--concurrency=1', 'test/{integration,faults}/**/*.test.ts'],
];

interface Options {
  readonly ownCluster: boolean;
  readonly match: readonly string[];
  readonly timeout?: string;
}

/** Returns what AVA is to be told, a list for each time that it runs. AVA itself takes any option without a word. */
function suitesFor(files: readonly string[], { match, timeout }: Options): readonly string[][] {
  const titles = match.map((pattern) => `--match=${pattern}`);
  const limits = timeout === undefined ? [] : [`--timeout=${timeout}`];
  if (files.length === 0) return SUITES.map((suite) => [...limits, ...titles, ...suite]);
  return [['--concurrency=1', ...limits, ...titles, ...files]];
}

function duration(text: string): string {
  if (!/^\d+(ms|s|m)$/.test(text)) throw new InvalidArgumentError('It must be like 30s or 5m.');
  return text;
}

const command = scriptCommand('npm test', 'Runs the tests on a control plane of their own.')
  .argument('[file...]', 'files of tests or patterns; those of `npm test` unless given')
  .option('--match <pattern>', 'only tests with such a title; may be given again', append, [])
  .option('--timeout <time>', 'longest time between two results, such as 30s or 5m', duration)
  .option('--own-cluster', 'the tests need no control plane, or start it themselves', false)
  .parse();

function append(pattern: string, before: readonly string[]): string[] {
  return [...before, pattern];
}

async function main(files: readonly string[], options: Options): Promise<number> {
  const total: Result = { passed: 0, failed: [] };
  for (const args of suitesFor(files, options)) {
    const { passed, failed } = options.ownCluster
      ? await runAva(args, process.env)
      : await runSuite(args);
    total.passed += passed;
    total.failed.push(...failed);
  }
  // Once more at the end, where a reader of a long log looks first.
  for (const title of total.failed) console.log(`✖ ${title}`);
  console.log(`${total.passed} passed, ${total.failed.length} failed`);
  return total.failed.length === 0 ? 0 : 1;
}

async function runSuite(args: readonly string[]): Promise<Result> {
  await using plane = await startControlPlane({ audit: true });
  const admin = new Installation(loadKubeConfig({ kubeconfig: plane.kubeconfig }));
  await admin.install();
  await admin.close();
  const { server, caFile, kubeconfig, auditLog, binaries } = plane;
  const shared = { server, caFile, kubeconfig, auditLog, kubectl: binaries.kubectl };
  return await runAva(args, { ...process.env, TEST_CONTROL_PLANE: JSON.stringify(shared) });
}

async function runAva(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Result> {
  const ava = spawn('ava', ['--tap', ...args], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const kill = () => ava.kill();
  process.once('disconnect', kill);
  const exited = new Promise<number>((done) => ava.once('exit', (code) => done(code ?? 1)));
  const { passed, failed } = await report(ava);
  const code = await exited;
  process.off('disconnect', kill);
  // AVA also fails for what is no test: a file that cannot be loaded, or tests that never ended.
  const other = `AVA ended with ${code}, and says why above`;
  return { passed, failed: code !== 0 && failed.length === 0 ? [other] : failed };
}

/** Prints a line for each test, and for one that failed all that AVA says of it. */
async function report({ stdout }: ChildProcess): Promise<Result> {
  const found: Result = { passed: 0, failed: [] };
  for await (const line of createInterface({ input: stdout as Readable })) {
    const result = resultIn(line);
    if (result) {
      tally(result, found);
      console.log(`  ${SIGNS[result.state]} ${result.title}`);
    } else if (!FRAME.test(line)) console.log(line.replace(/^# {3}/, '      '));
  }
  return found;
}

function tally({ state, title }: TestResult, found: Result): void {
  if (state === 'passed') found.passed++;
  if (state === 'failed') found.failed.push(title);
}

/** Lines of the protocol that say nothing to a reader; what a test logged begins with '#   '. */
const FRAME = /^(# ?\S|TAP|1\.\.|\s+---|\s+\.\.\.)/;
const SIGNS = { passed: '✔', failed: '✖', skipped: '-' };

interface TestResult {
  readonly state: keyof typeof SIGNS;
  readonly title: string;
}

function resultIn(line: string): TestResult | undefined {
  const [, not, title] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
  if (title === undefined) return undefined;
  if (/ # (SKIP|TODO)/.test(title)) return { state: 'skipped', title };
  return { state: not ? 'failed' : 'passed', title };
}

process.exit(await main(command.args, command.opts()));
