import { join } from 'node:path';
import type { Log } from '../control-plane/progress.ts';
import { findNpmTool, type NpmTool } from '../npm-tool.ts';

const OSLS: NpmTool = {
  name: 'osls',
  folder: join(import.meta.dirname, 'osls'),
  takes: 'about a minute; 135 MB',
};

const RUNTIME_CLIENT: NpmTool = {
  name: 'lambda-runtime-client',
  folder: join(import.meta.dirname, 'runtime-client'),
  takes: 'about three minutes',
  builtWith: {
    programs: ['cmake', 'autoconf', 'automake', 'libtoolize', 'g++', 'make', 'python3'],
    debian: 'cmake autoconf automake libtool g++ make python3',
  },
};

interface Context {
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Returns the folder with the programs `osls` and its plugin serverless-offline. */
export function findOsls(context: Context): Promise<string> {
  return findNpmTool(OSLS, context);
}

/** Returns the folder with aws-lambda-ric, AWS' own client of the Lambda Runtime API. */
export function findRuntimeClient(context: Context): Promise<string> {
  return findNpmTool(RUNTIME_CLIENT, context);
}
