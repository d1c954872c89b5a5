// Answers of kube-apiserver 1.37.2 to dry-run requests, recorded: a file is policies, the request and the answer. Two
// ConfigMaps are there to be parameters: pa and pb in namespace default, labelled is=param.
import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import {
  type AdmissionInput,
  evaluatePolicies,
  loadPolicies,
  type Verdict,
  verdict,
} from '../../../policies/index.ts';
import type { JsonObject } from '../../../policies/vap/policy.ts';
import { parseYaml } from '../../../policies/yaml.ts';

const FOLDER = new URL('answers/', import.meta.url);
const RESOURCES: Readonly<Record<string, string>> = {
  ConfigMap: 'configmaps',
  Namespace: 'namespaces',
};

const param = (name: string, v: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: default, labels: {is: param}}\ndata: {v: '${v}'}\n`;
const PARAMS = { path: 'params.yaml', text: [param('pa', '1'), param('pb', '2')].join('---\n') };

/** The Namespace default as that cluster had it; the values of what differs from one to the next do not matter. */
const NAMESPACE = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: 'default',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-02T03:04:05Z',
    labels: { 'kubernetes.io/metadata.name': 'default' },
    managedFields: [{}],
  },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
};

interface Recorded {
  readonly request: {
    readonly operation: AdmissionInput['operation'];
    /** A number as data stands for so many entries. */
    readonly object: JsonObject | null;
    readonly oldObject?: JsonObject;
  };
  readonly answer: {
    readonly outcome: string;
    readonly code?: number;
    readonly reason?: string;
    readonly status?: string;
    readonly warnings?: readonly string[];
    readonly auditAnnotations?: Readonly<Record<string, string>>;
  };
}

function inputOf({
  operation,
  object,
  oldObject = undefined,
}: Recorded['request']): AdmissionInput {
  const kind = String((object ?? oldObject)?.kind);
  const entries = typeof object?.data === 'number' ? { data: entriesOf(object.data) } : {};
  return {
    operation,
    kind: { group: '', version: 'v1', kind },
    resource: { group: '', version: 'v1', resource: RESOURCES[kind] ?? '' },
    object: object && { ...object, ...entries },
    oldObject: oldObject ?? null,
    namespaceObject: NAMESPACE,
    dryRun: true,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    userInfo: { username: 'kubernetes-admin', groups: ['system:masters'] },
  };
}

function entriesOf(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
}

for (const name of readdirSync(FOLDER)) {
  test(name.replace('.yaml', '').replaceAll('-', ' '), (t) => {
    const text = readFileSync(new URL(name, FOLDER), 'utf8');
    const file = parseYaml(text, name);
    if (file.kind === 'broken') throw new Error(file.problem.message);
    const recorded = file.documents.at(-1)?.value as Recorded;
    const policies = text.slice(0, text.lastIndexOf('---\n'));
    const loaded = loadPolicies([{ path: name, text: policies }, PARAMS]);
    t.deepEqual(
      loaded.problems.filter(({ severity }) => severity !== 'warning'),
      [],
    );
    const input = inputOf(recorded.request);
    const decisions = evaluatePolicies(loaded.policies, input);
    t.deepEqual(shownOf(verdict(decisions, input)), {
      warnings: [],
      auditAnnotations: {},
      ...recorded.answer,
    });
  });
}

/** The part of a verdict that the API server's answer shows. */
function shownOf({ outcome, warnings, auditAnnotations, ...rest }: Verdict) {
  if (!('status' in rest)) return { outcome, warnings, auditAnnotations };
  const { code, reason, status } = rest;
  return { outcome, warnings, auditAnnotations, code, reason, status };
}
