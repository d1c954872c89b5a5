#!/usr/bin/env node
// The command line: each part of the product alone, against any cluster.
import { Command } from 'commander';
import { VARIABLES } from './config.ts';
import type { ClusterChoice } from './kube-config.ts';
import { main } from './main.ts';
import { runRelay } from './relay/run-relay.ts';
import { serveFunctions } from './serve.ts';

const variables = Object.entries(VARIABLES)
  .map(([name, [fallback, meaning]]) => `  ${name.padEnd(24)} ${meaning} (${fallback || 'none'})`)
  .join('\n');

const program = new Command('webapp').description('Keeps WebApps as Git says they should be.');

program
  .command('functions')
  .description('serve the functions over HTTP')
  .option('--kubeconfig <file>', 'cluster to work on; KUBECONFIG, else the identity of the pod')
  .option('--context <name>', 'context of the kubeconfig')
  .addHelpText('after', `\nEnvironment:\n${variables}`)
  .action((choice: ClusterChoice) => serveFunctions(choice));

program
  .command('relay')
  .description('watch a cluster and post its changes to the functions, where there is no Knative')
  .requiredOption('--sink <url>', 'address of the functions, such as http://127.0.0.1:8080')
  .option('--namespace <name>', 'namespace of the election Lease', 'webapp-operator-system')
  .option('--kubeconfig <file>', 'cluster to watch; KUBECONFIG, else the identity of the pod')
  .option('--context <name>', 'context of the kubeconfig')
  .addHelpText(
    'after',
    '\nEnvironment: EVENT_TOKEN, TICK_INTERVAL, REQUEST_TIMEOUT and LOG_LEVEL, as for functions',
  )
  .action(runRelay);

await main(() => program.parseAsync());
