// Our evaluator beside the real kube-apiserver, and proof that the comparison sees a wrong one: `npm run oracle` at length.
import test from 'ava';
import { type ControlPlane, startControlPlane } from '../../infra/control-plane/start.ts';
import { BOOL } from '../../policies/cel/types/types.ts';
import { evaluatePolicies } from '../../policies/index.ts';
import { Random } from '../helpers/random.ts';
import type { Draft } from './drafts/draft.ts';
import { plainFrame } from './drafts/frame.ts';
import { runDrafts } from './drafts/rounds.ts';
import { store } from './drafts/subjects.ts';
import { leaf, type Tree } from './expressions/tree.ts';
import type { Ground } from './ground.ts';
import { type OracleOptions, PARTS, runOracle } from './run-oracle.ts';
import { ApiServer } from './sides/api-server.ts';
import type { Evaluate } from './sides/ours.ts';
import { Tally } from './tally.ts';
import { prepare } from './world.ts';

/** One of its own: policies that are for any namespace would be read in the tests of others. */
let plane: ControlPlane;

test.before(async () => {
  plane = await startControlPlane({ audit: true, controllers: 'none' });
});
test.after.always(() => plane?.[Symbol.asyncDispose]());

test.serial('the examples of the documentation, the packs and generated policies', async (t) => {
  const tally = await run({ parts: PARTS, cases: 300 }, evaluatePolicies, (line) => t.log(line));
  t.true(tally.cases > 600, tally.last());
  t.is(tally.differences, 0, tally.last());
});

const changed =
  (change: (decision: ReturnType<Evaluate>[number]) => ReturnType<Evaluate>[number]): Evaluate =>
  (set, input) =>
    evaluatePolicies(set, input).map(change);

test.serial('an evaluator that admits everything is unsafe', async (t) => {
  const lax = changed((each) => ({ ...each, outcome: 'pass', effect: 'admit' }));
  const { unsafe, differences } = await run({ parts: ['documentation'], cases: 1 }, lax);
  t.true(unsafe > 10 && differences >= unsafe);
});

test.serial('an evaluator that says something else differs', async (t) => {
  const silent = changed((each) => ({ ...each, message: '' }));
  const { unsafe, differences } = await run({ parts: ['documentation'], cases: 1 }, silent);
  t.is(unsafe, 0);
  t.true(differences > 10);
});

const both: Tree = {
  type: BOOL,
  parts: [leaf(BOOL, '(object.metadata.name.size() > 3)'), leaf(BOOL, "(object.kind == 'Other')")],
  write: (...sides) => `(${sides.join(' && ')})`,
};

test.serial('what differs is made smaller, with the line that runs it again', async (t) => {
  const lines: string[] = [];
  const wrong = changed((each) =>
    each.expression?.includes('Other') ? { ...each, outcome: 'pass', effect: 'admit' } : each,
  );
  await using ground = await open((line) => lines.push(line), wrong);
  const trees = [leaf(BOOL, 'true'), both, leaf(BOOL, "object.kind != 'None'")];
  const draft: Draft = {
    name: 'generated-7-3',
    frame: plainFrame(new Random(1)),
    ...{ conditions: [], variables: [], annotations: [] },
    validations: trees.map((tree) => ({ tree })),
  };
  const about = await prepare(ground.server);
  await store(ground.server);
  await runDrafts([draft], { ...ground, about });
  t.is(ground.tally.last(), '18 cases, 6 differences, 6 unsafe');
  const text = lines.join('\n');
  t.regex(text, /again: npm run oracle -- --only generated --seed 7 --at 3 --cases 1/);
  t.regex(text, /smaller: .*"validations":\[{"expression":"\(object.kind == 'Other'\)"}/);
});

interface OpenGround extends Omit<Ground, 'about'>, AsyncDisposable {}

async function open(tell: (line: string) => void, evaluate: Evaluate): Promise<OpenGround> {
  const { kubeconfig, auditLog = '' } = plane;
  const server = await ApiServer.open({ kubeconfig, auditLog });
  const tally = new Tally(tell);
  return { server, tally, evaluate, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

type Options = Pick<OracleOptions, 'parts' | 'cases'>;

async function run(options: Options, evaluate: Evaluate, tell = (_: string) => {}): Promise<Tally> {
  await using ground = await open(tell, evaluate);
  await runOracle({ seed: 1, at: 0, ...options }, ground);
  return ground.tally;
}
