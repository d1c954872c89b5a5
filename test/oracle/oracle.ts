// `npm run oracle -- --cases N --seed S`: our verdicts beside those of a real kube-apiserver. The last line is the figure.
import { parseArgs } from 'node:util';
import { startControlPlane } from '../../infra/control-plane/start.ts';
import { ApiServer } from './api-server.ts';
import { runGenerated } from './generated.ts';
import { runPolicies } from './policies.ts';
import { Random } from './random.ts';
import { Tally } from './tally.ts';
import { prepare } from './world.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});

const tally = new Tally((line) => process.stderr.write(`${line}\n`));
await using plane = await startControlPlane({ audit: true, controllers: 'none' });
const server = new ApiServer({ kubeconfig: plane.kubeconfig, auditLog: plane.auditLog ?? '' });
const ground = { server, world: await prepare(server), tally };
if (values.only !== 'generated') {
  await runPolicies(ground);
  process.stdout.write(`documentation and packs: ${tally.last()}\n`);
}
if (values.only !== 'policies') {
  process.stdout.write(`seed ${values.seed}\n`);
  await runGenerated(Number(values.cases), new Random(Number(values.seed)), ground);
}
for (const line of tally.explained()) process.stdout.write(`${line}\n`);
process.stdout.write(`${tally.last()}\n`);
await server.close();
process.exitCode = tally.differences === 0 ? 0 : 1;
