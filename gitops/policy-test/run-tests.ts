// The tests of one folder of policies: all cases, and the policies that no case has ever seen fail.

import {
  type LoadedPolicy,
  loadPolicies,
  type PolicyFile,
  type PolicySet,
  type Problem,
} from '../../policies/index.ts';
import { errorsIn } from '../../policies/problem.ts';
import { objectsOf } from '../../policies/vap/load/documents.ts';
import { type Definitions, definitionsIn } from '../offline/definitions.ts';
import type { PolicyTest, TestCase } from './policy-test.ts';
import { isTest, readTest, type TestReading } from './read-test.ts';
import { differences, namespaceOf, runCase, type Seen } from './run-case.ts';

/** A folder of policies and the files of its tests. */
export interface TestFolder {
  readonly policyFiles: readonly PolicyFile[];
  readonly testFiles: readonly PolicyFile[];
  readonly readFile: TestReading['readFile'];
  /** Returns whether a case is wanted, by test and case: `replica-bounds/ten are the most`. */
  wanted(name: string): boolean;
}

export interface CaseResult {
  readonly test: PolicyTest;
  readonly case: TestCase;
  readonly seen: Seen;
  /** How it differs from what was expected; none where the case passed. */
  readonly failures: readonly string[];
}

export interface FolderResult {
  readonly results: readonly CaseResult[];
  /** What is wrong with the files. With an error in a policy no case is run. */
  readonly problems: readonly Problem[];
  readonly policies: readonly LoadedPolicy[];
  readonly untested: readonly Problem[];
}

const DEFAULT_NAMESPACE = 'default';

/** Runs the tests. Nothing is read but what is given, and no clock. */
export function runTests({ policyFiles, testFiles, readFile, wanted }: TestFolder): FolderResult {
  const { policies, problems: found } = loadPolicies(policyFiles, { namespace: DEFAULT_NAMESPACE });
  const problems = [...found];
  const base = { results: [], policies: policies.policies, untested: [] };
  if (errorsIn(problems).length > 0) return { ...base, problems };
  const definitions = definitionsIn(policyFiles, policies);
  const loaded = new PoliciesByNamespace(policyFiles, policies);
  const reading = { definitions, namespace: DEFAULT_NAMESPACE, problems, readFile };
  const tests = testFiles.flatMap((file) =>
    [...objectsOf(file, problems)]
      .filter(isTest)
      .flatMap((root) => readTest(root, { ...reading, policies: policies.policies }) ?? []),
  );
  const results = tests.flatMap((test) =>
    test.cases
      .filter((each) => wanted(`${test.name}/${each.name}`))
      .map((each) => resultOf(test, each, { loaded, definitions })),
  );
  return { ...base, results, problems, untested: untested(policies, results) };
}

function resultOf(
  test: PolicyTest,
  each: TestCase,
  { loaded, definitions }: { loaded: PoliciesByNamespace; definitions: Definitions },
): CaseResult {
  const policies = underTest(loaded.in(namespaceOf(each)), test);
  const seen = runCase(each, { policies, definitions });
  return { test, case: each, seen, failures: differences(each, seen) };
}

function underTest(set: PolicySet, { policies: names }: PolicyTest): PolicySet {
  if (names === undefined) return set;
  return {
    ...set,
    policies: set.policies.filter(({ policy }) => names.includes(policy.metadata.name)),
  };
}

/** Parameters that name no namespace are in that of the object, as they are in that of a source. */
class PoliciesByNamespace {
  readonly #files: readonly PolicyFile[];
  readonly #sets: Map<string, PolicySet>;

  constructor(files: readonly PolicyFile[], inDefault: PolicySet) {
    this.#files = files;
    this.#sets = new Map([[DEFAULT_NAMESPACE, inDefault]]);
  }

  in(namespace: string): PolicySet {
    const known = this.#sets.get(namespace || DEFAULT_NAMESPACE);
    if (known) return known;
    const { policies } = loadPolicies(this.#files, { namespace });
    this.#sets.set(namespace, policies);
    return policies;
  }
}

/** A policy counts as tested when a case has seen it find something; one that only annotates, when one has asked it. */
function untested({ policies, bindings }: PolicySet, results: readonly CaseResult[]): Problem[] {
  const found = new Set(results.flatMap(({ seen }) => seen.findings.map(({ policy }) => policy)));
  const asked = new Set(results.flatMap(({ seen }) => [...seen.asked]));
  return policies.flatMap(({ policy, place }) => {
    const { name } = policy.metadata;
    const annotates = policy.spec.validations.length === 0;
    if (annotates ? asked.has(name) : found.has(name)) return [];
    const bound = bindings.some(({ binding }) => binding.spec.policyName === name);
    const why = bound ? '' : '; it has no binding, so it judges nothing';
    const what = annotates ? 'no case asks' : 'no case shows what it finds';
    return [{ ...place, message: `policy ${name} is not tested: ${what}${why}` }];
  });
}
