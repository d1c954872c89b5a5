// Generated policies, forty validations each, put to both sides.
import { setTimeout as sleep } from 'node:timers/promises';
import { POLICY, POLICY_BINDING } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { admissionEnvironment } from '../../policies/cel/kubernetes-environment.ts';
import { BOOL } from '../../policies/cel/types.ts';
import type { Answer, ApiServer } from './api-server.ts';
import { generate } from './generate.ts';
import { NAMES, PARAMS } from './names.ts';
import { answer, load, refused, type World } from './ours.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';
import { textOf } from './tree.ts';
import { paramObject, subjects } from './world.ts';
import { canBeWritten } from './write.ts';

const VALIDATIONS = 40;
const POLICIES = 25;
const DEPTH = 4;
const FAILURES = 'validation.policy.admission.k8s.io/validation_failure';
/** Always false: when the API server says so, the policy is active. */
const SENTINEL = "object.metadata.name == 'sentinel'";

export interface Ground {
  readonly server: ApiServer;
  readonly world: World;
  readonly tally: Tally;
}

const environment = admissionEnvironment({ params: true, authorizer: true, mode: 'new' });
const overloads = [...environment.functions.values()].flat().filter(canBeWritten);

/** Puts `cases` expressions and objects to both sides. */
export async function runGenerated(cases: number, random: Random, ground: Ground): Promise<void> {
  const end = ground.tally.cases + cases;
  for (let round = 0; ground.tally.cases < end; round++) {
    await runRound({ round, random, end }, ground);
    ground.tally.progress();
  }
}

interface Round {
  readonly round: number;
  readonly random: Random;
  readonly end: number;
}

async function runRound({ round, random, end }: Round, ground: Ground): Promise<void> {
  const material = { random, overloads, names: [...NAMES, ...PARAMS] };
  const made: Candidate[] = [];
  const left = end - ground.tally.cases;
  for (let i = 0; i < POLICIES && i * VALIDATIONS < left; i++) {
    const expressions = Array.from({ length: VALIDATIONS }, () =>
      textOf(generate(BOOL, 1 + random.below(DEPTH), material)),
    );
    const name = `generated-${round}-${i}`;
    const kept = await writable({ name, expressions }, ground);
    made.push({ name, expressions: [...kept, SENTINEL] });
  }
  for (const candidate of made) await install(candidate, ground);
  for (const candidate of made) await compareOn(candidate, ground);
  for (const candidate of made) await remove(candidate, ground);
}

interface Candidate {
  readonly name: string;
  readonly expressions: readonly string[];
}

/** Returns those expressions that both sides take; where they differ about that, the tally is told. */
async function writable(candidate: Candidate, { server, world, tally }: Ground): Promise<string[]> {
  const { problems } = load([policyOf(candidate), bindingOf(candidate), paramObject()], world);
  const ours = refused(problems);
  const theirs = await refusedByServer(candidate, server);
  return candidate.expressions.filter((expression, index) => {
    const [own, their] = [ours.get(index), theirs.get(index)];
    if (own === undefined && their === undefined) return true;
    tally.load(expression, own, their);
    return false;
  });
}

/** Some expressions make the API server panic as it compiles them; then halves are asked, down to the one. */
async function refusedByServer(
  { name, expressions }: Candidate,
  server: ApiServer,
): Promise<Map<number, string>> {
  const asked = await server
    .create(POLICY, policyOf({ name, expressions }), true)
    .catch(() => undefined);
  if (asked) return causesIn(asked);
  if (expressions.length === 1) return new Map([[0, 'the API server panics']]);
  const middle = Math.ceil(expressions.length / 2);
  const first = await refusedByServer({ name, expressions: expressions.slice(0, middle) }, server);
  const second = await refusedByServer({ name, expressions: expressions.slice(middle) }, server);
  return new Map([
    ...first,
    ...[...second].map(([index, text]) => [index + middle, text] as const),
  ]);
}

function causesIn({ causes }: Answer): Map<number, string> {
  return new Map(
    causes.flatMap(({ field, message }): [number, string][] => {
      const [, index] = /^spec\.validations\[(\d+)\]\.expression/.exec(field) ?? [];
      return index === undefined ? [] : [[Number(index), message]];
    }),
  );
}

async function install(candidate: Candidate, { server }: Ground): Promise<void> {
  const made = await server.create(POLICY, policyOf(candidate));
  if (made.code >= 300) throw new Error(`${candidate.name}: ${made.message}`);
  await server.create(POLICY_BINDING, bindingOf(candidate));
}

async function remove({ name }: Candidate, { server }: Ground): Promise<void> {
  const object = { apiVersion: '', kind: '', metadata: { name } };
  await server.delete(POLICY_BINDING, object);
  await server.delete(POLICY, object);
}

async function compareOn(candidate: Candidate, ground: Ground): Promise<void> {
  const { world, tally } = ground;
  const { policies } = load([policyOf(candidate), bindingOf(candidate), paramObject()], world);
  for (const subject of subjects({ policy: candidate.name })) {
    const theirs = await active(candidate, subject, ground);
    const { decisions } = answer(policies, subject, world);
    const spent = [...theirs.values()].find((message) => /cost budget/.test(message));
    if (spent !== undefined) {
      const ours = decisions.find(({ message }) => message === spent)?.message ?? 'within budget';
      tally.count({ expression: candidate.name, object: subject.of.kind, ours, theirs: spent });
      continue;
    }
    for (const [index, expression] of candidate.expressions.slice(0, -1).entries()) {
      const decision = decisions.find(
        (each) => each.subject === 'validation' && each.index === index,
      );
      tally.count({
        expression,
        object: subject.of.kind,
        ours: saidBy(decision),
        theirs: theirs.get(index) ?? 'true',
      });
    }
  }
}

function saidBy(decision: ReturnType<typeof answer>['decisions'][number] | undefined): string {
  if (decision === undefined) return 'nothing';
  if (decision.outcome === 'cannotJudge') return `cannot judge: ${decision.message}`;
  return decision.outcome === 'pass' ? 'true' : decision.message;
}

const ACTIVE_MS = 30_000;

/** Asks until the sentinel answers, and returns what failed by its index. */
async function active(
  { name, expressions }: Candidate,
  { of, object }: ReturnType<typeof subjects>[number],
  { server }: Ground,
): Promise<Map<number, string>> {
  const end = Date.now() + ACTIVE_MS;
  for (;;) {
    const failures = failuresIn(await server.create(of, object, true));
    if (failures.has(expressions.length - 1)) return failures;
    // Out of budget there is one answer for all.
    if ([...failures.values()].some((message) => /cost budget/.test(message))) return failures;
    if (Date.now() > end) throw new Error(`${name} does not become active`);
    await sleep(100);
  }
}

function failuresIn({ annotations, code, message }: Answer): Map<number, string> {
  if (code >= 300) throw new Error(`a dry run failed: ${message}`);
  const failures = JSON.parse(annotations[FAILURES] ?? '[]') as {
    message: string;
    expressionIndex: number;
  }[];
  return new Map(failures.map((each) => [each.expressionIndex, each.message]));
}

function policyOf({ name, expressions }: Candidate): KubeObject {
  return {
    apiVersion: POLICY.apiVersion,
    kind: POLICY.kind,
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConstraints: {
        objectSelector: { matchLabels: { policy: name } },
        resourceRules: [
          rule('oracle.example.com', 'things'),
          rule('apps', 'deployments'),
          rule('', 'configmaps'),
        ],
      },
      validations: expressions.map((expression) => ({ expression })),
    },
  };
}

function rule(group: string, resource: string) {
  return {
    apiGroups: [group],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources: [resource],
  };
}

function bindingOf({ name }: Candidate): KubeObject {
  const { metadata } = paramObject();
  return {
    apiVersion: POLICY_BINDING.apiVersion,
    kind: POLICY_BINDING.kind,
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ['Audit'],
      paramRef: {
        name: metadata.name,
        namespace: metadata.namespace,
        parameterNotFoundAction: 'Deny',
      },
    },
  };
}
