// Puts a suite to both sides.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kind, POLICY } from '../../../gitops/kinds.ts';
import type { KubeObject } from '../../../gitops/objects.ts';
import { loadPolicies, type PolicySet } from '../../../policies/index.ts';
import type { Ground } from '../ground.ts';
import { Activation } from '../sides/activation.ts';
import type { Answer } from '../sides/api-server.ts';
import { judge, kindOf, type Question } from '../sides/ours.ts';
import { compare, saidByServer } from '../sides/said.ts';
import { confined } from './confined.ts';
import { furnish } from './furnish.ts';
import type { Example, Suite } from './suite.ts';

/** A suite while its policies are in force. */
interface Stage extends Ground {
  readonly suite: Suite;
  readonly set: PolicySet;
}

/**
 * Counts a case for each policy and example; what the API server does not answer as expected is an error. All suites
 * are in force at once, so their namespaces must not be the same.
 */
export async function runSuites(given: readonly Suite[], ground: Ground): Promise<void> {
  const suites = given.map(confined);
  await using there = new AsyncDisposableStack();
  const stages: Stage[] = [];
  for (const suite of suites) {
    const { about } = there.use(await furnish(suite, ground));
    stages.push({ ...ground, about, suite, set: loadedBy(suite, ground) });
  }
  const policies = suites.flatMap((suite) => suite.policies);
  await using _ = await Activation.of(policies, ground.server);
  for (const stage of stages) {
    for (const example of stage.suite.examples) await put(example, stage);
  }
}

/** What we refuse to load is a difference, for the API server takes all policies of suites. */
function loadedBy({ name, policies, cluster }: Suite, { tally }: Ground): PolicySet {
  const files = [...policies, ...cluster].map((object) => ({
    path: `${object.kind}-${object.metadata.name}.json`,
    text: JSON.stringify(object),
  }));
  const { policies: set, problems } = loadPolicies(files);
  for (const { path, message } of problems.filter(({ severity }) => severity === undefined)) {
    tally.differ({ what: `${name} ${path}`, on: 'load', ours: message, theirs: 'loaded' });
  }
  return set;
}

async function put(example: Example, stage: Stage): Promise<void> {
  const { suite, tally } = stage;
  const of = kindOf(example.object, stage.about.definitions);
  const { question, answer } = await askUntilExpected(of, example, stage);
  if (!isOfPolicies(answer)) return;
  tally.agree(suite.policies.filter(({ kind }) => kind === POLICY.kind).length);
  compareBoth(question, answer, stage);
}

const LONGEST_MS = 60_000;

/** Parameters that were made just now may be news to the API server, so an answer that nobody expects is no last word. */
async function askUntilExpected(of: Kind, example: Example, stage: Stage) {
  const end = performance.now() + LONGEST_MS;
  for (;;) {
    const question = await questionOf(of, example, stage);
    const answer = await stage.server.dryRun(of, question.object, question.oldObject);
    if (isExpected(answer, example)) return { question, answer };
    const { expected, object } = example;
    const what = `${stage.suite.name} ${title(object)} is not ${expected}: ${answer.message}`;
    if (performance.now() > end) throw new Error(what);
    await sleep(500);
  }
}

/** An object to be updated is there for real; read at the last moment, for controllers may change it. */
async function questionOf(of: Kind, { object, before }: Example, stage: Stage): Promise<Question> {
  if (!before) return { of, object };
  const { name, namespace } = before.metadata;
  const { object: oldObject } = await stage.server.get(of, name, namespace);
  const { resourceVersion = '' } = oldObject.metadata;
  const metadata = { ...object.metadata, resourceVersion };
  return { of, oldObject, object: { ...object, metadata } };
}

function isExpected(answer: Answer, { expected }: Example): boolean {
  if (expected === undefined) return true;
  return expected === 'denied' ? answer.code >= 300 && isOfPolicies(answer) : answer.code < 300;
}

/** Whether the policies were asked: what the API server refuses for another reason says nothing of them. */
function isOfPolicies({ code, message }: Answer): boolean {
  return code < 300 || message.includes('ValidatingAdmissionPolicy ');
}

function compareBoth(question: Question, answer: Answer, stage: Stage): void {
  const { suite, tally } = stage;
  const names = suite.policies.map(({ metadata }) => metadata.name);
  const theirs = saidByServer(answer, names);
  const judged = judge(question, stage);
  const about = { what: `${suite.name} ${title(question.object)}`, on: question.of.kind };
  if (judged.kind !== 'judged') {
    tally.differ({ ...about, ours: `${judged.kind}: ${judged.why}`, theirs: theirs.outcome });
    return;
  }
  for (const { what, ours, theirs: their } of compare(judged.said, theirs)) {
    tally.differ({ ...about, ours: `${what}: ${ours}`, theirs: `${what}: ${their}` });
  }
}

const title = ({ metadata: { namespace = '', name } }: KubeObject) => `${namespace}/${name}`;
