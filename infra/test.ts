// `npm test`: one control plane for all test files, AVA's results as lines, and a closing line for scripts.
// Arguments go to AVA (`npm test -- test/gitops/diff.test.ts`).
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Installation } from './install.ts';
import { startControlPlane } from './control-plane/start.ts';
import { loadKubeConfig } from '../functions/kube-config.ts';

interface Count {
  passed: number;
  failed: number;
}

async function main(patterns: string[]): Promise<number> {
  await using plane = await startControlPlane({ audit: true });
  const admin = new Installation(loadKubeConfig({ kubeconfig: plane.kubeconfig }));
  await admin.install();
  await admin.close();
  const { server, caFile, kubeconfig, auditLog, binaries } = plane;
  const shared = { server, caFile, kubeconfig, auditLog, kubectl: binaries.kubectl };
  const ava = spawn('ava', ['--tap', ...patterns], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TEST_CONTROL_PLANE: JSON.stringify(shared) },
  });
  process.once('disconnect', () => ava.kill());
  const exited = new Promise<number>((done) => ava.once('exit', (code) => done(code ?? 1)));
  const { passed, failed } = await report(ava);
  const code = await exited;
  // AVA also fails for what is no test: a file that cannot be loaded, or has no test in it.
  const broken = code !== 0 && failed === 0 ? 1 : failed;
  console.log(`${passed} passed, ${broken} failed`);
  return broken === 0 ? 0 : 1;
}

/** Prints a line for each test, and for one that failed all that AVA says of it. */
async function report({ stdout }: ChildProcess): Promise<Count> {
  const count = { passed: 0, failed: 0 };
  if (stdout === null) return count;
  for await (const line of createInterface({ input: stdout })) {
    const [, not, title] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
    if (title === undefined) {
      if (!/^(#|TAP|1\.\.|\s+---|\s+\.\.\.)/.test(line)) console.log(line);
      continue;
    }
    const skipped = / # (SKIP|TODO)/.test(title);
    if (!skipped) count[not ? 'failed' : 'passed']++;
    console.log(`  ${not ? '✖' : skipped ? '-' : '✔'} ${title}`);
  }
  return count;
}

process.exit(await main(process.argv.slice(2)));
