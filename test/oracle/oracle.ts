// `npm run oracle`: our verdicts beside those of a real kube-apiserver. The last line is the figure.
import { InvalidArgumentError } from 'commander';
import { startControlPlane } from '../../infra/control-plane/start.ts';
import { scriptCommand, wholeNumber } from '../../infra/script-command.ts';
import { evaluatePolicies } from '../../policies/index.ts';
import { PARTS, type PartOfOracle, runOracle } from './run-oracle.ts';
import { ApiServer } from './sides/api-server.ts';
import { Tally } from './tally.ts';

interface Options {
  readonly cases: number;
  readonly seed: number;
  readonly at: number;
  readonly only: readonly PartOfOracle[];
}

function isPart(text: string): text is PartOfOracle {
  return PARTS.some((part) => part === text);
}

function partsOf(text: string): readonly PartOfOracle[] {
  const parts = text.split(',');
  if (!parts.every(isPart))
    throw new InvalidArgumentError(`It must be a list of ${PARTS.join(', ')}.`);
  return parts;
}

const { only, ...options } = scriptCommand(
  'npm run oracle',
  'Compares our verdicts with those of a real kube-apiserver.',
)
  .option('--cases <count>', 'generated cases', wholeNumber, 2_000)
  .option('--seed <number>', 'seed of the generated cases', wholeNumber, 1)
  .option('--at <number>', 'the first of the generated cases that is run', wholeNumber, 0)
  .option('--only <parts>', `a list of ${PARTS.join(', ')}`, partsOf, PARTS)
  .parse()
  .opts<Options>();
const print = (line: string) => process.stdout.write(`${line}\n`);
const tally = new Tally((line) => process.stderr.write(`${line}\n`));
await using plane = await startControlPlane({ audit: true, controllers: 'none' });
const { kubeconfig, auditLog = '' } = plane;
await using server = await ApiServer.open({ kubeconfig, auditLog });
await runOracle({ parts: only, ...options }, { server, tally, evaluate: evaluatePolicies });
print(`seed ${options.seed}`);
for (const line of tally.explained()) print(line);
print(tally.last());
process.exitCode = tally.differences === 0 ? 0 : 1;
