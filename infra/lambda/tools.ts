import { join } from 'node:path';
import type { NpmTool } from '../npm-tool.ts';

/** The programs `osls` and its plugin serverless-offline. */
export const OSLS: NpmTool = {
  name: 'osls',
  folder: join(import.meta.dirname, 'osls'),
  takes: 'about a minute; 135 MB',
};

/** aws-lambda-ric, AWS' own client of the Lambda Runtime API. */
export const RUNTIME_CLIENT: NpmTool = {
  name: 'lambda-runtime-client',
  folder: join(import.meta.dirname, 'runtime-client'),
  takes: 'about three minutes',
  builtWith: {
    programs: ['cmake', 'autoconf', 'automake', 'libtoolize', 'g++', 'make', 'python3'],
    debian: 'cmake autoconf automake libtool g++ make python3',
  },
};
