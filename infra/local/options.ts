import { join } from 'node:path';
import { aboveZero, scriptCommand } from '../script-command.ts';

const STATE = join(import.meta.dirname, '..', '..', '.webapp');

/** What `npm start -- ...` was told. */
export interface StartOptions {
  readonly once: boolean;
  /** Longest time until all is Ready, in milliseconds. */
  readonly timeoutMs: number;
  readonly namespace: string;
  /** Folder for the kubeconfig, the summary and the logs. */
  readonly state: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Returns the options, or prints help or what is wrong with them and ends the process. */
export function parseOptions(argv: readonly string[]): StartOptions {
  const command = scriptCommand(
    'npm start',
    'Runs everything on this machine: a cluster, a Git server with a sample repository, the functions and the relay.',
  )
    .option(
      '--once',
      'end when all WebApps are Ready (exit code 0), or with the reason when they are not',
      false,
    )
    .option('--timeout <seconds>', 'how long to wait until all is Ready', aboveZero, 300)
    .option('--state <folder>', 'folder for the kubeconfig, the summary and the logs', STATE)
    .option('--namespace <name>', 'namespace of the sample WebApps', 'demo')
    .option('--kubeconfig <file>', 'use the cluster of this kubeconfig instead of one of its own')
    .option('--context <name>', 'use the cluster of this context instead of one of its own')
    .parse(argv, { from: 'user' });
  const { timeout, ...options } = command.opts();
  return { ...options, timeoutMs: timeout * 1_000 } as StartOptions;
}
