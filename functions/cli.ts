#!/usr/bin/env node
// The command line: each part of the product alone, against any cluster.
import { Command, Option } from 'commander';
import { VARIABLES } from './config.ts';
import type { ClusterChoice } from './kube-config.ts';
import { judged, main } from './main.ts';
import { runRelay } from './relay/run-relay.ts';
import { FORMATS } from './report/formats.ts';
import { FAIL_ON, type ReviewOptions, reviewCommand } from './review/review-command.ts';
import { serveFunctions } from './serve.ts';

const variables = Object.entries(VARIABLES)
  .map(([name, [fallback, meaning]]) => `  ${name.padEnd(24)} ${meaning} (${fallback || 'none'})`)
  .join('\n');

const EXIT_CODES = `Exit codes:
  0  nothing at or above --fail-on
  1  findings
  2  could not judge: a file or policy cannot be read, a wrong option
  3  failure outside: network, cluster, disk`;

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

program
  .command('review')
  .description(
    'judge what a pull request would change, by the policies of its base; needs no cluster',
  )
  .option('--base <commit or folder>', 'what is live; its policies judge', 'main')
  .option('--head <commit or folder>', 'what is proposed', 'HEAD')
  .option('--repository <folder>', 'the Git repository the commits are in', '.')
  .option('--path <folder>', 'folder of the WebApps', '.')
  .option('--policies <folder>', 'folder of policies, bindings, parameters and waivers')
  .option('--namespace <name>', 'namespace of the WebApps', 'default')
  .option(
    '-o, --output <format[=file]>',
    `one of ${Object.keys(FORMATS).join(', ')}; may be given again`,
    (value: string, before: string[]) => [...before, value],
    [] as string[],
  )
  .option('--live', 'tell beside the verdict what a cluster holds other than the base says')
  .option('--kubeconfig <file>', 'cluster of --live; KUBECONFIG, else the identity of the pod')
  .option('--context <name>', 'context of the kubeconfig')
  .addOption(
    new Option('--fail-on <level>', 'lowest level that fails').choices(FAIL_ON).default('deny'),
  )
  .addHelpText('after', `\n${EXIT_CODES}`)
  .action(async (options: ReviewOptions) => {
    const output = options.output.length > 0 ? options.output : ['text'];
    process.exitCode = await judged(() => reviewCommand({ ...options, output }));
  });

await main(() => program.parseAsync());
