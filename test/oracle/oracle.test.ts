// Our evaluator beside the real kube-apiserver, and proof that the comparison sees a wrong one: `npm run oracle` at length.
import test, { type ExecutionContext } from 'ava';
import { evaluatePolicies } from '../../policies/index.ts';
import { testCluster } from '../helpers/control-plane.ts';
import { type OracleOptions, PARTS, runOracle } from './run-oracle.ts';
import { ApiServer } from './sides/api-server.ts';
import type { Evaluate } from './sides/ours.ts';
import { Tally } from './tally.ts';

test.serial('the examples of the documentation, the packs and generated policies', async (t) => {
  const tally = await run(t, { parts: PARTS, cases: 300 }, evaluatePolicies);
  t.true(tally.cases > 600, tally.last());
  t.is(tally.differences, 0, tally.last());
});

const changed =
  (change: (decision: ReturnType<Evaluate>[number]) => ReturnType<Evaluate>[number]): Evaluate =>
  (set, input) =>
    evaluatePolicies(set, input).map(change);

test.serial('an evaluator that admits everything is unsafe', async (t) => {
  const lax = changed((each) => ({ ...each, outcome: 'pass', effect: 'admit' }));
  const { unsafe, differences } = await run(t, { parts: ['packs'], cases: 1 }, lax);
  t.true(unsafe > 10 && differences >= unsafe);
});

test.serial('an evaluator that says something else differs', async (t) => {
  const silent = changed((each) => ({ ...each, message: '' }));
  const { unsafe, differences } = await run(t, { parts: ['packs'], cases: 1 }, silent);
  t.is(unsafe, 0);
  t.true(differences > 10);
});

test.serial('what differs is made smaller, with the line that runs it again', async (t) => {
  const lines: string[] = [];
  // It takes whatever names a bool of the object for true.
  const wrong = changed((each) =>
    /object\.flag/.test(each.expression ?? '')
      ? { ...each, outcome: 'pass', effect: 'admit' }
      : each,
  );
  const { unsafe } = await run(t, { parts: ['generated'], cases: 1, lines }, wrong);
  const text = lines.join('\n');
  t.true(unsafe > 0);
  t.regex(text, /again: npm run oracle -- --only generated --seed 1 --at \d+ --cases 1/);
  t.regex(text, /smaller: .*object\.flag/);
});

type Options = Pick<OracleOptions, 'parts' | 'cases'> & { readonly lines?: string[] };

async function run(t: ExecutionContext, { lines, ...options }: Options, evaluate: Evaluate) {
  const { kubeconfig, auditLog } = await testCluster();
  await using server = await ApiServer.open({ kubeconfig, auditLog });
  const tally = new Tally((line) => (lines ? lines.push(line) : t.log(line)));
  await runOracle({ seed: 1, at: 0, ...options }, { server, tally, evaluate });
  return tally;
}
