// `npm run oracle -- --cases N --seed S`: our verdicts beside those of a real kube-apiserver. The last line is the figure.
import { parseArgs } from 'node:util';
import { startControlPlane } from '../../infra/control-plane/start.ts';
import { evaluatePolicies } from '../../policies/index.ts';
import { PARTS, type PartOfOracle, runOracle } from './run-oracle.ts';
import { ApiServer } from './sides/api-server.ts';
import { Tally } from './tally.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    at: { type: 'string', default: '0' },
    only: { type: 'string' },
  },
});

function isPart(text: string): text is PartOfOracle {
  return PARTS.some((part) => part === text);
}

const only = values.only?.split(',') ?? PARTS;
const parts = only.filter(isPart);
if (parts.length < only.length) throw new Error(`--only takes ${PARTS.join(', ')}`);
const print = (line: string) => process.stdout.write(`${line}\n`);
const tally = new Tally((line) => process.stderr.write(`${line}\n`));
await using plane = await startControlPlane({ audit: true, controllers: 'none' });
const { kubeconfig, auditLog = '' } = plane;
await using server = await ApiServer.open({ kubeconfig, auditLog });
const [cases, seed, at] = [Number(values.cases), Number(values.seed), Number(values.at)];
await runOracle({ parts, cases, seed, at }, { server, tally, evaluate: evaluatePolicies });
print(`seed ${seed}`);
for (const line of tally.explained()) print(line);
print(tally.last());
process.exitCode = tally.differences === 0 ? 0 : 1;
