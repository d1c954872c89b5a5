// `npm test`: one control plane for all test files, AVA's results as lines, and a closing line for scripts.
// Arguments go to AVA (`npm test -- test/gitops/diff.test.ts`).
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { loadKubeConfig } from '../functions/kube-config.ts';
import { startControlPlane } from './control-plane/start.ts';
import { Installation } from './install.ts';

interface Count {
  passed: number;
  failed: number;
}

/**
 * The integration tests each run the whole product, whose parts follow all namespaces: they run one after the other,
 * on a control plane that nobody else has used. Those with a real forge take a build of Gitea: npm run test:gitea.
 */
const SUITES = [
  ['test/*.test.ts', 'test/!(integration|gitea)/**/*.test.ts'],
  ['--concurrency=1', 'test/integration/**/*.test.ts'],
];

async function main(patterns: string[]): Promise<number> {
  const total = { passed: 0, failed: 0 };
  for (const args of patterns.length > 0 ? [['--concurrency=1', ...patterns]] : SUITES) {
    const { passed, failed } = await runSuite(args);
    total.passed += passed;
    total.failed += failed;
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

async function runSuite(args: readonly string[]): Promise<Count> {
  await using plane = await startControlPlane({ audit: true });
  const admin = new Installation(loadKubeConfig({ kubeconfig: plane.kubeconfig }));
  await admin.install();
  await admin.close();
  const { server, caFile, kubeconfig, auditLog, binaries } = plane;
  const shared = { server, caFile, kubeconfig, auditLog, kubectl: binaries.kubectl };
  return await runAva(args, { ...process.env, TEST_CONTROL_PLANE: JSON.stringify(shared) });
}

async function runAva(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Count> {
  const ava = spawn('ava', ['--tap', ...args], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const kill = () => ava.kill();
  process.once('disconnect', kill);
  const exited = new Promise<number>((done) => ava.once('exit', (code) => done(code ?? 1)));
  const { passed, failed } = await report(ava);
  const code = await exited;
  process.off('disconnect', kill);
  // AVA also fails for what is no test: a file that cannot be loaded, or has no test in it.
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** Prints a line for each test, and for one that failed all that AVA says of it. */
async function report({ stdout }: ChildProcess): Promise<Count> {
  const count = { passed: 0, failed: 0 };
  if (stdout === null) return count;
  for await (const line of createInterface({ input: stdout })) {
    const result = resultIn(line);
    if (result === undefined) {
      if (!FRAME.test(line)) console.log(line.replace(/^# {3}/, '      '));
      continue;
    }
    if (result.state !== 'skipped') count[result.state]++;
    console.log(`  ${SIGNS[result.state]} ${result.title}`);
  }
  return count;
}

/** Lines of the protocol that say nothing to a reader; what a test logged begins with '#   '. */
const FRAME = /^(# ?\S|TAP|1\.\.|\s+---|\s+\.\.\.)/;
const SIGNS = { passed: '✔', failed: '✖', skipped: '-' };

function resultIn(line: string): { state: keyof typeof SIGNS; title: string } | undefined {
  const [, not, title] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
  if (title === undefined) return undefined;
  if (/ # (SKIP|TODO)/.test(title)) return { state: 'skipped', title };
  return { state: not ? 'failed' : 'passed', title };
}

process.exit(await main(process.argv.slice(2)));
