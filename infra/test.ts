// `npm test`: one control plane for all test files, AVA's results as lines, and a closing line for scripts.
// Arguments go to AVA (`npm test -- test/gitops/diff.test.ts`).
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { loadKubeConfig } from '../functions/kube-config.ts';
import { startControlPlane } from './control-plane/start.ts';
import { Installation } from './install.ts';

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

async function main(patterns: string[]): Promise<number> {
  const total: Result = { passed: 0, failed: [] };
  for (const args of patterns.length > 0 ? [['--concurrency=1', ...patterns]] : SUITES) {
    const { passed, failed } = await runSuite(args);
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

process.exit(await main(process.argv.slice(2)));
