// Asks a real API server what it shows to policies: each claim is a validation that warns where it does not hold.
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { request } from 'undici';
import { Connector } from '../../gitops/io/connection.ts';
import type { JsonObject } from '../../policies/objects/index.ts';
import { eventually } from '../cluster/eventually.ts';

/** Claims about one object. */
export interface Statement {
  /** The object's label `case`, if it has any label. */
  readonly name: string;
  /** The name of an object that has no label. */
  readonly objectName?: string;
  /** Plural name of its kind. */
  readonly resource: string;
  readonly apiVersion: string;
  /** Where the object is, unless it is in none: what others do elsewhere is not looked at. */
  readonly namespace?: string;
  readonly claims: readonly string[];
}

const API = '/apis/admissionregistration.k8s.io/v1';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const ARMED = 'this policy is active';
const WAIT_MS = 60_000;
const POLL_MS = 250;

/** A connection with credentials that may do everything. */
export class Witness {
  readonly #connector: Connector;
  readonly #statements = new Set<string>();

  constructor(kubeconfig: string) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.#connector = new Connector(config);
  }

  /** Makes a policy of each statement. */
  async state(statements: readonly Statement[]): Promise<void> {
    await Promise.all(
      statements.map(async (statement) => {
        const { name } = statement;
        this.#statements.add(name);
        await this.make(`${API}/validatingadmissionpolicies`, policyOf(statement));
        await this.make(`${API}/validatingadmissionpolicybindings`, {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingAdmissionPolicyBinding',
          metadata: { name },
          spec: { policyName: name, validationActions: ['Warn'] },
        });
      }),
    );
  }

  /** Sends a request that is about the statement, and returns the claims that did not hold. Throws Refused. */
  async refuted(name: string, send: () => Promise<Answer>): Promise<string[]> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const { status, warnings, body } = await send();
      if (status >= 400) throw new Refused(status, body);
      const ours = warnings.filter((warning) => warning.includes(`'${name}'`));
      if (ours.some((warning) => warning.includes(ARMED))) {
        return ours.filter((warning) => !warning.includes(ARMED));
      }
      if (Date.now() > deadline) throw new Error(`${name}: the policy is not active after 60 s`);
      await sleep(POLL_MS);
    }
  }

  /** Makes a CustomResourceDefinition and waits until `collection` is served; it goes with what is returned. */
  async installed(definition: JsonObject, collection: string): Promise<AsyncDisposable> {
    const { name } = definition.metadata as { name: string };
    await this.make(CRDS, definition);
    await this.#untilFound(collection);
    return {
      [Symbol.asyncDispose]: async () => {
        await this.send('DELETE', `${CRDS}/${name}`);
      },
    };
  }

  /** Waits until pods can be made in a namespace: a controller makes the ServiceAccount that they need. */
  async untilPods(namespace: string): Promise<void> {
    await this.#untilFound(`/api/v1/namespaces/${namespace}/serviceaccounts/default`);
  }

  async #untilFound(path: string): Promise<void> {
    await eventually(`${path} is there`, async () => (await this.send('GET', path)).status !== 404);
  }

  /** Sends a request as it is. */
  async send(method: keyof typeof CONTENT_TYPE, path: string, body?: JsonObject): Promise<Answer> {
    const { server, headers, dispatcher } = await this.#connector.connect();
    const answer = await request(`${server}${path}`, {
      method,
      dispatcher,
      headers: { ...headers, 'content-type': CONTENT_TYPE[method], accept: 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const header = [answer.headers.warning ?? []].flat().join(', ');
    const warnings = [...header.matchAll(WARNING)].map(([, text = '']) => text);
    return { status: answer.statusCode, warnings, body: await answer.body.text() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#statements) {
      await this.send('DELETE', `${API}/validatingadmissionpolicybindings/${name}`);
      await this.send('DELETE', `${API}/validatingadmissionpolicies/${name}`);
    }
    await this.#connector.close();
  }

  /** Makes an object. Throws Refused. */
  async make(path: string, object: JsonObject): Promise<void> {
    const { status, body } = await this.send('POST', path, object);
    if (status >= 400) throw new Refused(status, body);
  }
}

/** The API server did not take the request. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, body: string) {
    super(body);
    this.status = status;
  }
}

export interface Answer {
  readonly status: number;
  /** The texts of its Warning headers. */
  readonly warnings: readonly string[];
  readonly body: string;
}

const WARNING = /299 - "((?:[^"\\]|\\.)*)"/g;

const CONTENT_TYPE = {
  GET: 'application/json',
  POST: 'application/json',
  PUT: 'application/json',
  PATCH: 'application/apply-patch+yaml',
  DELETE: 'application/json',
} as const;

function policyOf(statement: Statement): JsonObject {
  const { name, objectName, resource, apiVersion, namespace, claims } = statement;
  const matchLabels = { 'kubernetes.io/metadata.name': namespace };
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const rule = {
    ...{ apiGroups: [group], apiVersions: [version], resources: [resource] },
    operations: ['CREATE', 'UPDATE'],
  };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [rule],
        ...(namespace && { namespaceSelector: { matchLabels } }),
        ...(!objectName && { objectSelector: { matchLabels: { case: name } } }),
      },
      ...(objectName && {
        matchConditions: [{ name: 'case', expression: `request.name == '${objectName}'` }],
      }),
      validations: [
        { expression: 'false', message: ARMED },
        ...claims.map((expression) => ({
          expression,
          message: `not so: ${expression}`.slice(0, 2000),
        })),
      ],
    },
  };
}

/** Returns the plural name of a kind of the tests. */
export function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith('y')) return `${name.slice(0, -1)}ies`;
  return name.endsWith('s') ? `${name}es` : `${name}s`;
}

/** Returns the path of the objects of a kind; all but Namespaces are in a namespace. */
export function collectionOf({ apiVersion, kind }: JsonObject, namespace: string): string {
  const root = String(apiVersion).includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = kind === 'Namespace' ? '' : `/namespaces/${namespace}`;
  return `${root}${scope}/${pluralOf(String(kind))}`;
}
