import type { GoProgram } from '../go-program.ts';

/** Prometheus and promtool are one module; the second to be built finds most of its packages compiled. */
const MODULE = {
  module: 'github.com/prometheus/prometheus',
  version: 'v0.316.0',
  // Service discovery of all clouds is most of the program, and modules of some cannot be had.
  tags: 'remove_all_sd',
  versionVariable: 'github.com/prometheus/common/version.Version',
} as const;

export const PROMETHEUS: GoProgram = {
  ...MODULE,
  name: 'prometheus',
  package: 'cmd/prometheus',
  takes: 'about three minutes',
};

export const PROMTOOL: GoProgram = {
  ...MODULE,
  name: 'promtool',
  package: 'cmd/promtool',
  takes: 'about two minutes',
};
