#!/usr/bin/env node
// The command line: each part of the product alone, against any cluster.
import { Command, Option } from 'commander';
import { type EvalOptions, evalCommand, OPERATIONS } from './eval/eval-command.ts';
import type { ClusterChoice } from './kube-config.ts';
import { judged, main } from './main.ts';
import { TEST_FORMATS, type TestOptions, testCommand } from './policy-test/test-command.ts';
import type { RelayChoice } from './relay/run-relay.ts';
import { FORMATS } from './report/formats.ts';
import { FAIL_ON, type ReviewOptions, reviewCommand } from './review/review-command.ts';
import type { RolloutOptions } from './rollout/rollout-command.ts';
import { VARIABLES } from './variables.ts';
import { VERSION } from './version.ts';

const width = Math.max(...Object.keys(VARIABLES).map(({ length }) => length));
const variables = Object.entries(VARIABLES)
  .map(
    ([name, [fallback, meaning]]) => `  ${name.padEnd(width)} ${meaning} (${fallback || 'none'})`,
  )
  .join('\n');

const EXIT_CODES = `Exit codes:
  0  nothing at or above --fail-on
  1  findings
  2  could not judge: a file or policy cannot be read, a wrong option
  3  failure outside: network, cluster, disk`;

const REVIEW_EXAMPLES = `
Examples:
  webapp review --path apps --policies policies --namespace shop
  webapp review --base origin/main -o text -o sarif=review.sarif
  webapp review --base live/ --head proposed/ --fail-on warn
`;

const EVAL_EXAMPLES = `
Examples:
  webapp eval --policies policies --objects apps
  kubectl get deploy -o yaml | webapp eval --policies policies --objects - | jq -r 'select(.outcome == "denied").object.name'
  webapp eval --policies policies --objects new.yaml --old old.yaml --user ana.yaml --as-of 2027-02-01

The form of a line is docs/evaluation.schema.json.
`;

const TEST_EXAMPLES = `
A test is a file in a folder "tests" beside the policies, see docs/policies.md.

Examples:
  webapp test                                  all tests below policies
  webapp test policies/packs --run registr     the cases whose test/name matches
  webapp test --update                         writes what was seen as what is expected; then look at the diff
  webapp test -o junit > junit.xml

Exit codes:
  0  all cases as expected, and every policy tested
  1  a case that is not, or a policy that no case shows to find anything
  2  could not run: no test, a file that cannot be read, a wrong option
`;

const ROLLOUT_CODES = `
Exit codes:
  0  the newest revisions have all requests
  1  they have none: they failed more often than the ones before, or were not ready in time
  3  failure outside: network, cluster
`;

/** Collects the values of an option that may be given again. */
function append(value: string, before: string[]): string[] {
  return [...before, value];
}

/** A wrong option is nothing that was found: scripts must be able to tell the two apart. */
const EXIT_USAGE = 2;

const program = new Command('webapp')
  .description('Keeps WebApps as Git says they should be.')
  .version(VERSION)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));

program
  .command('functions')
  .description('serve the functions over HTTP')
  .option('--kubeconfig <file>', 'cluster to work on; KUBECONFIG, else the identity of the pod')
  .option('--context <name>', 'context of the kubeconfig')
  .addHelpText('after', `\nEnvironment:\n${variables}`)
  .action(async (choice: ClusterChoice) => {
    // What needs a cluster takes half a second to load: not to be spent on commands that need none.
    const { serveFunctions } = await import('./serve.ts');
    return serveFunctions(choice);
  });

program
  .command('relay')
  .description('watch a cluster and post its changes to the functions, where there is no Knative')
  .requiredOption('--sink <url>', 'address of the functions, such as http://127.0.0.1:8080')
  .option('--namespace <name>', 'namespace of the election Lease', 'webapp-operator-system')
  .option('--kubeconfig <file>', 'cluster to watch; KUBECONFIG, else the identity of the pod')
  .option('--context <name>', 'context of the kubeconfig')
  .addHelpText(
    'after',
    '\nEnvironment: EVENT_TOKEN, TICK_INTERVAL, REQUEST_TIMEOUT, LOG_LEVEL and those of the election, as for functions',
  )
  .action(async (options: RelayChoice) => {
    const { runRelay } = await import('./relay/run-relay.ts');
    return runRelay(options);
  });

program
  .command('check')
  .description('ask functions that serve webhooks whether they can work')
  .argument('<url>', 'their address, such as http://webapp-operator')
  .action(async (url: string) => {
    const { checkCommand } = await import('./check-command.ts');
    process.exitCode = await checkCommand(url);
  });

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
  .option('--source <name>', 'name of their WebAppSource, for policies that select by its label')
  .option('--no-prune', 'their WebAppSource has spec.prune: false: a WebApp whose file goes stays')
  .option(
    '-o, --output <format[=file]>',
    `one of ${Object.keys(FORMATS).join(', ')}; may be given again`,
    append,
    [] as string[],
  )
  .option('--live', 'tell beside the verdict what a cluster holds other than the base says')
  .option('--kubeconfig <file>', 'cluster of --live; KUBECONFIG, else the identity of the pod')
  .option('--context <name>', 'context of the kubeconfig')
  .addOption(
    new Option('--fail-on <level>', 'lowest level that fails').choices(FAIL_ON).default('deny'),
  )
  .addHelpText('after', `${REVIEW_EXAMPLES}\n${EXIT_CODES}`)
  .action(async (options: ReviewOptions) => {
    const output = options.output.length > 0 ? options.output : ['text'];
    process.exitCode = await judged(() => reviewCommand({ ...options, output }));
  });

program
  .command('eval')
  .description(
    'judge objects by policies and write each verdict as a line of JSON; needs no cluster',
  )
  .option('--policies <path>', 'file or folder of policies; may be given again', append, [])
  .option(
    '--objects <path>',
    'file or folder of objects, - for stdin; may be given again',
    append,
    [],
  )
  .option('--old <path>', 'objects as they are: those found here are updated', append, [])
  .option('--namespace <name>', 'namespace of objects and parameters that name none', 'default')
  .option('--namespace-object <file>', 'the Namespace that the objects are in')
  .option('--user <file>', 'who writes: username, uid, groups, extra')
  .addOption(
    new Option(
      '--operation <verb>',
      'what is done; else UPDATE where there is an old object',
    ).choices(OPERATIONS),
  )
  .option('--as-of <date>', 'day or time that waivers are held against; now unless given')
  .option('--no-children', 'leave out what the reconciler makes of a WebApp')
  .addOption(
    new Option('--fail-on <level>', 'lowest level that fails').choices(FAIL_ON).default('deny'),
  )
  .addHelpText('after', `${EVAL_EXAMPLES}\n${EXIT_CODES}`)
  .action(async (options: EvalOptions) => {
    process.exitCode = await judged(() => evalCommand(options));
  });

program
  .command('test')
  .description('run the tests that lie beside policies; needs no cluster')
  .argument('[path...]', 'folders with policies and tests, or files of tests', ['policies'])
  .option('--run <regex>', 'only cases whose test/name matches')
  .option('--update', 'write the outcomes that were seen into the tests', false)
  .option('--no-require-tests', 'let policies pass that no case shows to find anything')
  .addOption(
    new Option('-o, --output <format>', 'form of the report')
      .choices(Object.keys(TEST_FORMATS))
      .default('text'),
  )
  .addHelpText('after', TEST_EXAMPLES)
  .action(async (paths: string[], options: TestOptions) => {
    process.exitCode = await judged(() => testCommand(paths, options));
  });

program
  .command('rollout')
  .description('bring the requests of Knative Services to their newest revisions, or back')
  .argument('<service...>', 'names of the Services; they move together')
  .option('--pin', 'before an upgrade: keep all requests where they are', false)
  .option('-n, --namespace <name>', 'their namespace', 'webapp-operator-system')
  .option('--prometheus <url>', 'where the metrics of the functions are', 'http://prometheus:9090')
  .option('--steps <percents>', 'shares of the new revisions, one after the other', '10,50,100')
  .option('--step <seconds>', 'how long each step is watched', '300')
  .option('--patience <seconds>', 'how long a step may take, and a revision to be ready', '1800')
  .option('--look <seconds>', 'time between two looks', '15')
  .option('--max-failed <percent>', 'share of the visits that may fail', '10')
  .option('--min-visits <count>', 'visits of a step below which nothing is decided', '20')
  .option('--kubeconfig <file>', 'cluster to work on; KUBECONFIG, else the identity of the pod')
  .option('--context <name>', 'context of the kubeconfig')
  .addHelpText('after', ROLLOUT_CODES)
  .action(async (services: string[], options: RolloutOptions) => {
    const { rolloutCommand } = await import('./rollout/rollout-command.ts');
    process.exitCode = await rolloutCommand(services, options);
  });

void main(() => program.parseAsync());
