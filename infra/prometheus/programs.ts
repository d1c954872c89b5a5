import { join } from 'node:path';
import type { Log } from '../control-plane/progress.ts';
import { findGoProgram, type GoProgram } from '../go-program.ts';

interface Context {
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Prometheus and promtool are one module; the second to be built finds most of its packages compiled. */
const MODULE = {
  module: 'github.com/prometheus/prometheus',
  version: 'v0.316.0',
  // Service discovery of all clouds is most of the program, and modules of some cannot be had.
  tags: 'remove_all_sd',
  versionVariable: 'github.com/prometheus/common/version.Version',
} as const;

const PROMETHEUS: GoProgram = {
  ...MODULE,
  name: 'prometheus',
  package: 'cmd/prometheus',
  takes: 'about four minutes',
};

const PROMTOOL: GoProgram = {
  ...MODULE,
  name: 'promtool',
  package: 'cmd/promtool',
  takes: 'about a minute',
};

const KUBE_STATE_METRICS: GoProgram = {
  name: 'kube-state-metrics',
  module: 'k8s.io/kube-state-metrics/v2',
  version: 'v2.18.0',
  versionVariable: 'github.com/prometheus/common/version.Version',
  takes: 'about three minutes',
};

/** Returns the path of the Prometheus server, from the cache or after a build (needs Go). */
export function findPrometheus(context: Context): Promise<string> {
  return find(PROMETHEUS, context);
}

/** Returns the path of promtool, from the cache or after a build (needs Go). */
export function findPromtool(context: Context): Promise<string> {
  return find(PROMTOOL, context);
}

/** Returns the path of kube-state-metrics, from the cache or after a build (needs Go). */
export function findKubeStateMetrics(context: Context): Promise<string> {
  return find(KUBE_STATE_METRICS, context);
}

async function find(program: GoProgram, context: Context): Promise<string> {
  return join(await findGoProgram(program, context), program.name);
}
