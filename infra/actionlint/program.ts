import type { GoProgram } from '../go-program.ts';

export const ACTIONLINT: GoProgram = {
  name: 'actionlint',
  module: 'github.com/rhysd/actionlint',
  version: 'v1.7.12',
  package: 'cmd/actionlint',
  takes: 'less than a minute',
};
