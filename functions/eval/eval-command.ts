// `webapp eval`: policies and objects in, verdicts out, one JSON text a line; for scripts.

import { PermanentError } from '../../gitops/errors.ts';
import { sha256 } from '../../gitops/io/digest.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { definitionsIn } from '../../gitops/offline/definitions.ts';
import { type Evaluation, evaluationsOf } from '../../gitops/offline/evaluation.ts';
import { judgeOffline, type OfflineWorld } from '../../gitops/offline/judge-offline.ts';
import { objectsIn, type Reading, type WrittenObject } from '../../gitops/offline/objects.ts';
import { readUser } from '../../gitops/offline/read-user.ts';
import { expiredWaivers } from '../../gitops/policy/policies.ts';
import {
  errorsIn,
  loadPolicies,
  type PolicyFile,
  type Problem,
  policiesDigest,
} from '../../policies/index.ts';
import { objectsOf } from '../../policies/vap/load/documents.ts';
import { instantOf } from '../../policies/vap/load/expiry.ts';
import { objectFilesAt, policyFilesAt } from '../input-files.ts';
import { describeProblems } from '../input-problems.ts';
import { jsonLineOf } from '../report/words.ts';
import { EXIT, type FailOn } from '../review/review-command.ts';

export interface EvalOptions {
  readonly policies: readonly string[];
  readonly objects: readonly string[];
  readonly old: readonly string[];
  readonly namespace: string;
  readonly namespaceObject?: string;
  readonly user?: string;
  readonly operation?: Evaluation['operation'];
  readonly asOf?: string;
  readonly children: boolean;
  readonly failOn: FailOn;
}

export const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE'] as const;

/** Judges every object, writes a line for each to stdout, and returns the exit code. Nothing is judged by halves. */
export async function evalCommand(options: EvalOptions): Promise<number> {
  const input = await readInput(options);
  const { problems, files } = input;
  const errors = errorsIn(problems);
  process.stderr.write(describeProblems(errors.length > 0 ? errors : problems, files));
  if (errors.length > 0) return EXIT.cannotJudge;
  const evaluations = evaluate(input, options);
  for (const each of evaluations) process.stdout.write(`${jsonLineOf(each)}\n`);
  // What such a waiver held back is denied by now.
  const { policies, now = 0 } = input.world;
  const ended = expiredWaivers({ sets: [policies] }, now);
  process.stderr.write(describeProblems(ended, files));
  return exitCodeOf(evaluations, options.failOn);
}

interface Input {
  readonly world: OfflineWorld;
  readonly objects: readonly WrittenObject[];
  readonly old: readonly WrittenObject[];
  readonly problems: readonly Problem[];
  readonly files: readonly PolicyFile[];
}

async function readInput(options: EvalOptions): Promise<Input> {
  const { namespace } = options;
  const policyFiles = await policyFilesAt(required(options.policies, '--policies'));
  const { policies, problems: found } = loadPolicies(policyFiles, { namespace });
  const problems = [...found];
  const definitions = definitionsIn(policyFiles, policies);
  const reading = { definitions, namespace, problems };
  const objectFiles = await objectFilesAt(required(options.objects, '--objects'));
  const objects = objectsIn(objectFiles, reading);
  const oldFiles = await objectFilesAt(options.old);
  const space = await readNamespace(options, reading);
  const user = await readUserFile(options, problems);
  if (objects.length === 0 && errorsIn(problems).length === 0)
    throw new PermanentError('NoObjects', `there is no object in ${options.objects.join(', ')}`);
  return {
    world: { policies, definitions, now: instantFrom(options.asOf), ...space.object, ...user.info },
    objects,
    old: objectsIn(oldFiles, reading),
    problems,
    files: [...policyFiles, ...objectFiles, ...oldFiles, ...space.files, ...user.files],
  };
}

function required(paths: readonly string[], option: string): readonly string[] {
  if (paths.length > 0) return paths;
  throw new PermanentError('MissingOption', `name the files or folders: ${option} PATH`);
}

async function readNamespace({ namespaceObject }: EvalOptions, reading: Reading) {
  if (namespaceObject === undefined) return { files: [], object: {} };
  const files = await objectFilesAt([namespaceObject]);
  const [first] = objectsIn(files, reading);
  if (first && first.resource.kind !== 'Namespace')
    reading.problems.push({ ...first.place, message: 'expected a Namespace of v1' });
  return { files, object: first ? { namespaceObject: first.object } : {} };
}

async function readUserFile({ user }: EvalOptions, problems: Problem[]) {
  if (user === undefined) return { files: [], info: {} };
  const files = await objectFilesAt([user]);
  const [root] = files.flatMap((file) => [...objectsOf(file, problems)]);
  const userInfo = root && readUser(root);
  return { files, info: userInfo ? { userInfo } : {} };
}

function instantFrom(asOf: string | undefined): number {
  if (asOf === undefined) return Date.now();
  const instant = instantOf(asOf);
  if (instant !== undefined) return instant;
  const message = `--as-of ${asOf} is neither a day (2026-12-31) nor a time (2026-12-31T12:00:00Z)`;
  throw new PermanentError('InvalidDate', message);
}

function evaluate({ world, objects, old }: Input, options: EvalOptions): Evaluation[] {
  const digest = policiesDigest(world.policies, sha256);
  const before = new Map(old.map(({ object }) => [keyOf(object), object]));
  return objects.flatMap((written) => {
    const { resource, object } = written;
    const oldObject = oldOf(written, before, options);
    const question = {
      resource,
      object: options.operation === 'DELETE' ? null : object,
      ...(oldObject && { oldObject }),
      children: options.children,
    };
    const by = { policiesDigest: digest, hash: sha256 };
    return evaluationsOf(written, judgeOffline(question, world), by);
  });
}

/** What is deleted is the object as it is. */
function oldOf(
  { object, place }: WrittenObject,
  before: ReadonlyMap<string, KubeObject>,
  { operation }: EvalOptions,
): KubeObject | undefined {
  if (operation === 'CREATE') return undefined;
  const found = before.get(keyOf(object));
  if (operation === 'DELETE') return found ?? object;
  if (operation === undefined || found) return found;
  const where = `${place.path}:${place.line}:${place.column}`;
  const message = `${where}: there is no ${keyOf(object)} among the old objects: name it with --old`;
  throw new PermanentError('NoOldObject', message);
}

function keyOf({ apiVersion, kind, metadata }: KubeObject): string {
  return `${kind} of ${apiVersion} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/** As of a review: a denial outweighs what could not be judged. */
function exitCodeOf(evaluations: readonly Evaluation[], failOn: FailOn): number {
  if (failOn === 'never') return EXIT.clean;
  const failing = FAILING[failOn];
  const levels = evaluations.flatMap(({ decisions }) => decisions.map(levelOf));
  const denied = evaluations.some(({ outcome }) => outcome === 'denied');
  if (denied || levels.some((level) => failing.includes(level))) return EXIT.findings;
  return evaluations.some(({ outcome }) => outcome === 'cannotJudge')
    ? EXIT.cannotJudge
    : EXIT.clean;
}

type Level = 'deny' | 'warn' | 'audit' | 'none';

const FAILING: Readonly<Record<Exclude<FailOn, 'never'>, readonly Level[]>> = {
  deny: ['deny'],
  warn: ['deny', 'warn'],
  audit: ['deny', 'warn', 'audit'],
};

/** What nobody can judge never counts as passed, whatever the policy would do about a failure. */
function levelOf({ effect, actions }: Evaluation['decisions'][number]): Level {
  if (effect === 'admit') return 'none';
  if (effect === 'unknown') return actions.includes('Deny') ? 'none' : 'warn';
  if (actions.includes('Deny')) return 'deny';
  return actions.includes('Warn') ? 'warn' : 'audit';
}
