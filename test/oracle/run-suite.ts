// Puts a suite to both sides.
import { CONFIG_MAP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { loadPolicies, type PolicySet } from '../../policies/index.ts';
import { eventually } from '../cluster/eventually.ts';
import { Activation } from './activation.ts';
import type { Answer, ApiServer } from './api-server.ts';
import { type Circumstances, judge, kindOf, type Question } from './judged.ts';
import { compare, saidByServer } from './said.ts';
import type { Example, Suite } from './suites.ts';
import type { Tally } from './tally.ts';

export interface Ground {
  readonly server: ApiServer;
  readonly about: Circumstances;
  readonly tally: Tally;
}

/** A suite while its policies are in force. */
interface Stage extends Ground {
  readonly suite: Suite;
  readonly set: PolicySet;
}

export async function runSuite(suite: Suite, ground: Ground): Promise<void> {
  const about = await furnish(suite.cluster, ground);
  const set = loadedBy(suite, ground.tally);
  const questions = await Promise.all(
    suite.examples.map(async (example) => ({
      example,
      question: await questionOf(example, { ...ground, about }),
    })),
  );
  {
    await using _ = await Activation.of(suite.policies, ground.server);
    for (const { example, question } of questions) {
      await put(question, example, { ...ground, about, suite, set });
    }
  }
  for (const object of suite.cluster.filter(({ kind }) => !LASTING.has(kind))) {
    await ground.server.delete(kindOf(object, about.definitions), object);
  }
}

/** What is not taken away again: it takes long, and does no harm. */
const LASTING: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition']);

/** Makes what the suite wants to be there, and returns all that is known then. */
async function furnish(
  objects: readonly KubeObject[],
  { server, about }: Ground,
): Promise<Circumstances> {
  const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const all = [...about.definitions, ...definitions];
  const namespaces = new Map(about.namespaces);
  for (const object of objects) {
    const of = kindOf(object, all);
    await eventually(`${object.kind} ${object.metadata.name} is there`, async () => {
      const { code } = await server.create(of, object);
      return code < 300 || code === 409;
    });
    const { name, namespace } = object.metadata;
    if (object.kind === 'Namespace') {
      namespaces.set(name, (await server.get(of, name)).object);
      await settled(name, server);
    }
    if (object.kind === CONFIG_MAP.kind) await server.get(of, name, namespace);
  }
  return { ...about, namespaces, definitions: all };
}

/** Pods need the ServiceAccount that a controller makes in every namespace. */
async function settled(namespace: string, server: ApiServer): Promise<void> {
  const accounts = { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts' };
  await eventually(`namespace ${namespace} has its ServiceAccount`, async () => {
    return (await server.get(accounts, 'default', namespace)).code < 300;
  });
}

/** What we refuse to load is a difference, for the API server takes all policies of suites. */
function loadedBy({ name, files }: Suite, tally: Tally): PolicySet {
  const { policies, problems } = loadPolicies(files);
  for (const { message } of problems.filter(({ severity }) => severity === undefined)) {
    tally.count({
      expression: name,
      object: 'load',
      ours: `refused: ${message}`,
      theirs: 'loaded',
    });
  }
  return policies;
}

/** An object to be updated is made for real; a custom resource is updated with its version only. */
async function questionOf(
  { object, before }: Example,
  { server, about }: Ground,
): Promise<Question> {
  const of = kindOf(object, about.definitions);
  if (!before) return { of, object };
  await server.create(of, before);
  const { name, namespace } = before.metadata;
  const { object: oldObject } = await server.get(of, name, namespace);
  const { resourceVersion = '' } = oldObject.metadata;
  return {
    of,
    oldObject,
    object: { ...object, metadata: { ...object.metadata, resourceVersion } },
  };
}

async function put(question: Question, { expected }: Example, stage: Stage): Promise<void> {
  const { server, tally, suite } = stage;
  const { of, object, oldObject } = question;
  const answer = await (oldObject ? server.update(of, object) : server.create(of, object, true));
  if (!isOfPolicies(answer)) {
    if (expected) throw new Error(`${suite.name} ${object.metadata.name}: ${answer.message}`);
    return;
  }
  const denied = answer.code >= 300;
  if (expected && denied !== (expected === 'denied')) {
    throw new Error(`${suite.name} ${object.metadata.name} is not ${expected}: ${answer.message}`);
  }
  tally.countAll(suite.policies.length / 2, () => differences(question, answer, stage));
}

/** Whether the policies were asked: what the API server refuses for another reason says nothing of them. */
function isOfPolicies({ code, message }: Answer): boolean {
  return code < 300 || message.includes('ValidatingAdmissionPolicy ');
}

function differences(question: Question, answer: Answer, { suite, set, about }: Stage) {
  const judged = judge(set, question, about);
  const names = suite.policies.map(({ metadata }) => metadata.name);
  const theirs = saidByServer(answer, names);
  const { of, object } = question;
  const told = { expression: `${suite.name} ${object.metadata.name}`, object: of.kind };
  if (judged.kind !== 'judged') {
    return [
      { ...told, ours: `cannot judge: ${judged.kind}: ${judged.why}`, theirs: theirs.outcome },
    ];
  }
  return compare(judged.said, theirs).map(({ what, ours, theirs: their }) => ({
    ...told,
    ours: `${what}: ${ours}`,
    theirs: `${what}: ${their}`,
  }));
}
