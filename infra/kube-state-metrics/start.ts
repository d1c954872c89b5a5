// kube-state-metrics on loopback, of custom resources only, for as long as its caller lives.
import type { Log } from '../control-plane/progress.ts';
import { freePort } from '../free-port.ts';
import { findGoProgram, type GoProgram } from '../go-program.ts';
import { type LoopbackServer, startServer } from '../loopback-server.ts';

const KUBE_STATE_METRICS: GoProgram = {
  name: 'kube-state-metrics',
  module: 'k8s.io/kube-state-metrics/v2',
  version: 'v2.18.0',
  versionVariable: 'github.com/prometheus/common/version.Version',
  takes: 'about three minutes',
};

/** Which cluster, as a file; and the file that says what its custom resources tell. */
export interface Reads {
  readonly kubeconfig: string;
  readonly config: string;
}

/** Starts it and returns when it answers; what the cluster holds it may show a moment later. */
export async function startKubeStateMetrics(
  { kubeconfig, config }: Reads,
  log?: Log,
): Promise<LoopbackServer> {
  const program = await findGoProgram(KUBE_STATE_METRICS, log);
  const [port, telemetryPort] = [await freePort(), await freePort()];
  const args = [
    `--kubeconfig=${kubeconfig}`,
    `--custom-resource-state-config-file=${config}`,
    '--custom-resource-state-only=true',
    '--host=127.0.0.1',
    `--port=${port}`,
    '--telemetry-host=127.0.0.1',
    `--telemetry-port=${telemetryPort}`,
    // What is no error need not be told.
    '--logtostderr=false',
    '--log_file=/dev/null',
  ];
  const url = `http://127.0.0.1:${port}`;
  return startServer({ program, args, url, readyPath: '/healthz' });
}
