import { once } from 'node:events';
import { scriptCommand } from '../script-command.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './start.ts';
import { versions } from './versions.ts';

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Starts a control plane, prints how to use it, and returns after Ctrl-C, SIGTERM or the end of the parent
 * process, leaving nothing behind. Throws when it cannot start or one of its programs ends by itself.
 */
export async function runCluster(options: ControlPlaneOptions = {}): Promise<void> {
  const end = new AbortController();
  const stop = () => end.abort();
  for (const event of [...endSignals, 'disconnect']) process.once(event, stop);
  try {
    await using plane = await startControlPlane({ ...options, signal: end.signal });
    process.stdout.write(usage(plane));
    const over = AbortSignal.any([end.signal, plane.lost]);
    if (!over.aborted) await once(over, 'abort');
    process.stderr.write('► ending the cluster\n');
    plane.lost.throwIfAborted();
  } catch (error) {
    if (!end.signal.aborted) throw error;
  } finally {
    for (const event of [...endSignals, 'disconnect']) process.removeListener(event, stop);
  }
}

function usage({ server, kubeconfig, binaries }: ControlPlane): string {
  return `export KUBECONFIG=${kubeconfig}

Kubernetes ${versions.kubernetes} serves at ${server}. Set the line above in another terminal, then try
${binaries.kubectl} get nodes
Ctrl-C ends the cluster and removes everything it made.
`;
}

if (import.meta.main) {
  const what = 'Runs a control plane on loopback until Ctrl-C, and prints how to use it.';
  scriptCommand('npm run cluster', what).parse();
  await runCluster();
}
